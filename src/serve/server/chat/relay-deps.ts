import type { CryptoProvider, Signer } from "../../../protocol/crypto-provider.js"
import type { Clock } from "../../../shared/clock.js"
import type { Log } from "../../../shared/log.js"
import type { ChatStore } from "../../../shared/store/chat/chat-store.js"
import type { ServerMetrics } from "../metrics.js"
import type { ChatRules } from "./chat-rules.js"

export interface RelayDeps {
  readonly store: ChatStore
  readonly crypto: CryptoProvider
  /** The server's identity; it signs certificates. */
  readonly identity: Signer
  readonly clock: Clock
  readonly metrics: ServerMetrics
  readonly log: Log
  readonly rules: ChatRules
}
