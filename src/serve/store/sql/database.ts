import { resolve } from "node:path"
import { AppError, hasCode, wordsOf } from "@sourceprint/core/errors.js"
import { Kysely, PostgresDialect, sql, type Transaction } from "kysely"
import { ImmediateDialect } from "./immediate-dialect.js"
import { isPostgres } from "./is-postgres.js"
import { migrateTables } from "./migrate-tables.js"
import { postgresPool } from "./postgres-pool.js"
import { migrations, type Tables } from "./schema.js"
import { SqliteFile } from "./sqlite-file.js"

/** A database of either kind, migrated. */
export interface SqlDatabase {
  readonly kind: "sqlite" | "postgres"
  readonly db: Kysely<Tables>
  /** Of a PostgreSQL server, for a connection of one's own; it may hold a password. */
  readonly url: string | undefined
  /** Of SQLite: its whole path. */
  readonly file: string | undefined
  /** What was deleted is gone from the write-ahead log too; nothing to do under PostgreSQL. */
  emptyLog(): Promise<void>
  /** Makes writers of the named thing queue until this transaction ends, across processes and servers: whatever is
   *  counted and then written stands under one. */
  lock(trx: Transaction<Tables>, name: LockName): Promise<void>
  close(): Promise<void>
}

export type LockName = "audit" | `account ${string}`

const AUDIT_LOCK = 0x5350_0001 // "SP", then a number of ours
const LOCK_CLASS = 0x5350 // the other half of such a lock is the name's hash

/** One connection a file and thread: SQLite waits for another's write by blocking the thread, so a second connection of
 *  the same thread would wait in vain. */
const openFiles = new Map<string, { readonly file: SqliteFile; readonly db: Kysely<Tables>; users: number }>()

function sqlite(path: string): SqlDatabase {
  const file = resolve(path)
  let shared = openFiles.get(file)
  if (shared === undefined) {
    const opened = new SqliteFile(file, [
      "journal_mode=WAL",
      "synchronous=FULL", // a commit is on disk before it is acknowledged
      "secure_delete=ON", // freed pages are overwritten: deleted is gone
      "foreign_keys=ON",
    ])
    shared = { file: opened, db: new Kysely<Tables>({ dialect: new ImmediateDialect(opened) }), users: 0 }
    openFiles.set(file, shared)
  }
  const entry = shared
  entry.users++
  return {
    kind: "sqlite",
    url: undefined,
    file,
    db: entry.db,
    lock: () => Promise.resolve(), // begin immediate is the lock
    emptyLog: () =>
      entry.db.connection().execute(() => Promise.resolve(entry.file.exec("pragma wal_checkpoint(truncate)"))),
    async close() {
      if (--entry.users > 0) return
      openFiles.delete(file)
      await entry.db.destroy()
    },
  }
}

function postgres(url: string): SqlDatabase {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: postgresPool(url, 8) }) })
  return {
    kind: "postgres",
    url,
    file: undefined,
    db,
    close: () => db.destroy(),
    emptyLog: () => Promise.resolve(),
    lock: async (trx, name) => {
      const lock = name === "audit" ? sql`${AUDIT_LOCK}::bigint` : sql`${LOCK_CLASS}::int, hashtext(${name})`
      await sql`select pg_advisory_xact_lock(${lock})`.execute(trx)
    },
  }
}

/** Opens `postgres://…` or a SQLite file and brings its tables to this version.
 *  @throws AppError "store/open", "store/newer" when a later version of sourceprint wrote it */
export async function openDatabase(location: string): Promise<SqlDatabase> {
  try {
    const database = isPostgres(location) ? postgres(location) : sqlite(location)
    await migrateTables(database.db, {
      what: "the store",
      table: "store_migrations",
      countedIn: "schema_version",
      migrations: migrations(database.kind === "sqlite" ? "blob" : "bytea"),
    })
    return database
  } catch (cause) {
    if (hasCode(cause, "store/newer") || hasCode(cause, "store/mode")) throw cause
    const where = isPostgres(location) ? "the PostgreSQL server" : location // the address may hold a password
    throw new AppError("store/open", `cannot open the store at ${where}: ${wordsOf(cause)}`, { cause })
  }
}

/** A blob as this project wants it: libsql gives an ArrayBuffer, pg a Buffer. */
export const toBytes = (value: Uint8Array | ArrayBuffer): Uint8Array =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value)
