import { randomBytes } from "node:crypto"
import type { ChatQuotas, ChatStore } from "./chat/chat-store.js"
import { isRoomMember } from "./chat/room-member.js"
import { SqlChatStore } from "./chat/sql-chat-store.js"
import type { KeyRing } from "./key-ring.js"
import { openDatabase } from "./sql/database.js"
import { SqlStore } from "./sql-store.js"
import type { Store } from "./store.js"
import { SqlStudyStore } from "./study/sql-study-store.js"
import type { StudyStore } from "./study/study-store.js"

export interface OpenedStore {
  readonly store: Store
  /** For `verifyAudit`. 32 bytes */
  readonly auditKey: Uint8Array
  /** Images kept for a study, in the same database. */
  readonly study: StudyStore
  /** The chat's part of the same database. @param serverId names this process to the others on it */
  chatStore(quotas: ChatQuotas, serverId: string): ChatStore
  /** Whether a client of the account is in the room now. @param roomId hex */
  isRoomMember(accountId: string, roomId: string): Promise<boolean>
}

/** @param location a file for SQLite, or `postgres://user@host/database`
 *  @throws AppError "store/open", "store/newer", "keys/unknown" when the key file is not this store's */
export async function openStore(location: string, keys: KeyRing): Promise<OpenedStore> {
  const database = await openDatabase(location)
  try {
    const sealed = await SqlStore.secretOf(database, "audit-key", keys.seal(randomBytes(32), "secret/audit-key"))
    const auditKey = keys.open(sealed, "secret/audit-key")
    return {
      store: new SqlStore(database, auditKey),
      auditKey,
      study: new SqlStudyStore(database),
      chatStore: (quotas, serverId) => new SqlChatStore(database, quotas, serverId),
      isRoomMember: (accountId, roomId) => isRoomMember(database, accountId, roomId),
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
