import type { Clock } from "@sourceprint/core/clock.js"
import type { Log } from "@sourceprint/core/log.js"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import type { CryptoProvider, Signer } from "@sourceprint/protocol/crypto-provider.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import type { KeyRing } from "../../store/key-ring.js"
import type { Account, Store, StoredSession } from "../../store/store.js"
import type { StudyStore } from "../../store/study/study-store.js"
import type { ServerMetrics } from "../metrics.js"
import type { ScannerTiming } from "../scanner/linked-scanner.js"
import type { LinkedScanners } from "../scanner/linked-scanners.js"
import type { AuditWriter } from "./audit-writer.js"
import type { Inspector } from "./inspection/inspector.js"
import type { AttemptLimits } from "./limits.js"
import type { PasskeySettings } from "./passkey/passkeys.js"
import type { SecurePeer } from "./secure-peer.js"
import type { WorkQueue } from "./work-queue.js"

/** What a sign-in has to prove, and within which bounds. */
export interface AuthPolicy {
  /** Sets of factors, each of which suffices, at least one. The scanner is the promoted model's verdict. */
  readonly factorPolicies: readonly FactorSet[]
  /** "open": anybody may enrol; "code": with a single-use code of an operator; "closed". */
  readonly enrolment: "open" | "code" | "closed"
  readonly freshnessWindowMs: number
  readonly maxSkewMs: number
  /** How long a challenge waits for a touch. */
  readonly challengeMs: number
  readonly capturesPerSignIn: number
  readonly capturesPerEnrolment: number
  /** Good touches that a sign-in by finger takes, each placed again. Only what was refused counts against
   *  `capturesPerSignIn`. */
  readonly touchesPerSignIn: number
  /** Refuses a touch that is a picture of an enrolled or earlier one, moved about; off only for trials that show the
   *  same touches again and again. */
  readonly refuseDuplicates: boolean
  /** What a face may be asked to do, at least one turn of the head among it, and how much of it at a time. */
  readonly faceActions: readonly LivenessAction[]
  readonly faceActionsAtATime: number
  readonly faceCapturesPerSignIn: number
  readonly faceCapturesPerEnrolment: number
  /** Absent: no passkeys here. */
  readonly passkeys?: PasskeySettings
  readonly sessionMs: number
  /** Refuses image bytes that were accepted before; off only for trials that replay recorded images. */
  readonly refuseSeenImages: boolean
  /** Devices may stay linked and take the captures of peers that have none. */
  readonly linkedScanners: boolean
  /** What such a peer sees of the capture: an outline without ridges, or after a pass the capture itself. */
  readonly linkedImage: "outline" | "after-pass"
  /** For the hello and for each message of the handshake. */
  readonly handshakeMs: number
}

export const defaultPolicy: AuthPolicy = {
  factorPolicies: [["password", "finger", "scanner"]],
  enrolment: "code",
  freshnessWindowMs: 20_000,
  maxSkewMs: 600_000,
  challengeMs: 60_000,
  capturesPerSignIn: 3,
  capturesPerEnrolment: 3,
  touchesPerSignIn: 1,
  refuseDuplicates: true,
  faceActions: ["turnLeft", "turnRight", "moveCloser"],
  faceActionsAtATime: 2,
  faceCapturesPerSignIn: 3,
  faceCapturesPerEnrolment: 1,
  sessionMs: 12 * 3_600_000,
  refuseSeenImages: true,
  linkedScanners: true,
  linkedImage: "outline",
  handshakeMs: 10_000,
}

/** Secrets of the server, unsealed. */
export interface ServerSecrets {
  readonly identity: Signer
  readonly opaqueSetup: string
  /** For keyed digests of images, tokens and codes. 32 bytes */
  readonly digestKey: Uint8Array
  /** A record that nobody's password opens, so that an unknown name costs the same unsealing. */
  readonly decoyRecord: Uint8Array
}

export interface SignedIn {
  readonly account: Account
  readonly session: StoredSession
  readonly address: string
  readonly peer: SecurePeer
}

/** Enrols a further finger. @param request its bytes, which a refusal answers @param admitted whether the session may
 *  have it done, now @returns false: it cannot, and the connection ends */
export type AddFinger = (finger: string, request: Uint8Array, admitted: () => Promise<boolean>) => Promise<boolean>

export interface Application {
  /** Serves the session until the peer leaves or is dropped. */
  serve(signedIn: SignedIn, addFinger: AddFinger): Promise<void>
  /** Sessions of this account or device may have ended: connections of those that have are closed. */
  recheck(of: { readonly accountId: string } | { readonly deviceId: string }): Promise<void>
}

export interface AuthDeps {
  readonly crypto: CryptoProvider
  readonly clock: Clock
  readonly store: Store
  readonly keys: KeyRing
  readonly secrets: ServerSecrets
  readonly policy: AuthPolicy
  readonly inspector: Inspector
  readonly queue: WorkQueue
  /** Keeps captures for a study; absent unless the operator opted in. */
  readonly study?: StudyStore
  readonly limits: AttemptLimits
  readonly audit: AuditWriter
  readonly metrics: ServerMetrics
  readonly log: Log
  readonly scanners: LinkedScanners
  readonly scannerTiming: ScannerTiming
  /** What runs over the session after a pass. */
  readonly application: Application
}
