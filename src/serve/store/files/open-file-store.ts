import { isPostgres } from "../sql/postgres-pool.js"
import { openFileDatabase } from "./file-database.js"
import type { FileStore } from "./file-store.js"
import { SqlFileStore } from "./sql-file-store.js"
import { ThreadedFileStore } from "./threaded-file-store.js"

/** Where files lie when the store lies at `store`: the same PostgreSQL database, or `<name>-files.db` beside a SQLite
 *  file. */
export const fileStoreBeside = (store: string): string =>
  isPostgres(store) ? store : `${store.replace(/\.(?:db|sqlite3?)$/i, "")}-files.db`

/** @param location a SQLite file of its own, or `postgres://…` @throws AppError "store/open", "store/newer" */
export async function openFileStore(location: string): Promise<FileStore> {
  return isPostgres(location) ? new SqlFileStore(await openFileDatabase(location)) : ThreadedFileStore.open(location)
}
