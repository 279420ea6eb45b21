import type { StoredDevice } from "../../../store/store.js"
import { type LinkedRound, linkedRound } from "../../scanner/linked-round.js"
import type { AuthDeps } from "../auth-deps.js"
import type { ClientClaim, Connection } from "../connection.js"
import type { PeerEnd } from "../secure-peer.js"
import { captureRound, type JudgedCapture } from "./capture-round.js"

/** A judged capture and the device that signed it. */
export type FingerCapture = JudgedCapture & { readonly device: StoredDevice }

/** One capture from where this peer's captures come: its own device, or a linked scanner of its choice. "vain" and
 *  "left": see `linkedRound`; the peer was told, the audit log was not. */
export async function fingerRound(
  deps: AuthDeps,
  connection: Connection,
  { device, skewMs }: ClientClaim,
  round: LinkedRound & { readonly lastSequence: number },
): Promise<FingerCapture | PeerEnd | "busy" | "vain" | "left"> {
  if (device === undefined) return linkedRound(deps, connection, round)
  const judged = await captureRound(deps, connection, { ...round, device, skewMs })
  return typeof judged === "string" ? judged : { ...judged, device }
}
