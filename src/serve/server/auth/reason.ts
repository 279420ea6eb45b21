/** Why an attempt ended, as the audit log has it. The first thirteen are the checks of docs/protocol.md section 8, in
 *  order. */
const checkReasons = [
  "size",
  "decryption",
  "device",
  "challenge",
  "freshness",
  "replay",
  "hash",
  "quality",
  "finger",
  "copy",
  "scanner",
  "altered",
  "liveness",
] as const
export type CheckReason = (typeof checkReasons)[number]

export type Reason =
  | CheckReason
  | "password"
  | "limit"
  | "busy"
  | "timeout"
  | "closed"
  | "code"
  | "token"
  | "session"
  | "name"
  | "factors"
  | "recovery"
  | "passkey"
  | "person"
  | "face"
  | "linked"
  | "unlinked"
  | "passed"

/** Reasons that another capture may repair; all others end the attempt. */
export const mendable: ReadonlySet<Reason> = new Set<Reason>([
  "quality",
  "finger",
  "copy",
  "scanner",
  "altered",
  "liveness",
  "person",
  "face",
])
