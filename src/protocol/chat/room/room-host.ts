import type { CryptoProvider } from "../../crypto-provider.js"
import type { ChatClock } from "../chat-ports.js"
import type { ChatStorage } from "../chat-storage.js"
import type { ChatUpdate } from "../chat-update.js"
import type { OwnKeyPackage } from "../mls/key-package.js"
import type { MlsContext } from "../mls/mls-context.js"
import type { ChatAnswer, ChatRequest } from "../wire.js"
import type { IdentityRecord } from "./room-record.js"

/** What a room needs of the client that it belongs to. */
export interface RoomHost {
  readonly mls: MlsContext
  readonly crypto: CryptoProvider
  readonly storage: ChatStorage
  readonly clock: ChatClock
  readonly self: IdentityRecord
  readonly online: boolean
  newId(): string
  /** The answer, which must be one of `types`. Throws as ChatTransport does; AppError "chat/answer" for another one. */
  ask<T extends ChatAnswer["type"]>(
    request: ChatRequest,
    ...types: readonly T[]
  ): Promise<Extract<ChatAnswer, { type: T }>>
  ownPackage(reference: string): Promise<OwnKeyPackage | undefined>
  /** False for the last-resort package, which stays. */
  isOneTime(reference: string): Promise<boolean>
  isPresent(accountName: string): boolean
  /** Everything up to `seq` is stored here. */
  acknowledge(roomId: string, seq: number): void
  emit(update: ChatUpdate): void
}
