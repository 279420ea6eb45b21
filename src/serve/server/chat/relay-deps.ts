import type { Clock } from "@sourceprint/core/clock.js"
import type { Log } from "@sourceprint/core/log.js"
import type { CryptoProvider, Signer } from "@sourceprint/protocol/crypto-provider.js"
import type { ChatStore } from "../../store/chat/chat-store.js"
import type { ServerMetrics } from "../metrics.js"
import type { ChatRules } from "./chat-rules.js"

export interface RelayTiming {
  /** How often the store is asked for what no notice told of. */
  readonly healMs: number
  /** An account that is slowed down is refused where it would have to wait longer. */
  readonly patienceMs: number
}
export const defaultRelayTiming: RelayTiming = { healMs: 5_000, patienceMs: 5_000 }

export interface RelayDeps {
  readonly store: ChatStore
  readonly crypto: CryptoProvider
  /** The server's identity; it signs certificates. */
  readonly identity: Signer
  readonly clock: Clock
  readonly metrics: ServerMetrics
  readonly log: Log
  readonly rules: ChatRules
  readonly timing?: RelayTiming
}
