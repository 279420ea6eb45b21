import { isPostgres } from "../sql/is-postgres.js"
import { StoreThread } from "../store-thread.js"
import type { FileStore } from "./file-store.js"

/** Where files lie when the store lies at `store`: the same PostgreSQL database, or `<name>-files.db` beside a SQLite
 *  file. */
export const fileStoreBeside = (store: string): string =>
  isPostgres(store) ? store : `${store.replace(/\.(?:db|sqlite3?)$/i, "")}-files.db`

/** A SQLite file on a thread of its own. @param location of it, or `postgres://…`
 *  @throws AppError "store/open", "store/newer" */
export async function openFileStore(location: string): Promise<FileStore> {
  if (isPostgres(location)) {
    const [{ SqlFileStore }, { openFileDatabase }] = await Promise.all([
      import("./sql-file-store.js"),
      import("./file-database.js"),
    ])
    return new SqlFileStore(await openFileDatabase(location))
  }
  const { thread } = await StoreThread.open(new URL("./file-store-worker.js", import.meta.url), location)
  return thread.part<FileStore>("files", { close: () => thread.close("files") })
}
