import { randomBytes } from "node:crypto"
import type { KeyRing } from "./key-ring.js"
import { openDatabase } from "./sql/database.js"
import { SqlStore } from "./sql-store.js"
import type { Store } from "./store.js"

export interface OpenedStore {
  readonly store: Store
  /** For `verifyAudit`. 32 bytes */
  readonly auditKey: Uint8Array
}

/** @param location a file for SQLite, or `postgres://user@host/database`
 *  @throws AppError "store/open", "store/newer", "keys/unknown" when the key file is not this store's */
export async function openStore(location: string, keys: KeyRing): Promise<OpenedStore> {
  const database = await openDatabase(location)
  try {
    const sealed = await SqlStore.secretOf(database, "audit-key", () =>
      keys.seal(randomBytes(32), "secret/audit-key"),
    )
    const auditKey = keys.open(sealed, "secret/audit-key")
    return { store: new SqlStore(database, auditKey), auditKey }
  } catch (error) {
    await database.close()
    throw error
  }
}
