import { resolve } from "node:path"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, hasCode, wordsOf } from "@sourceprint/core/errors.js"
import { Kysely, PostgresDialect, sql, type Transaction } from "kysely"
import { freeBytesBeside } from "../free-bytes.js"
import { ImmediateDialect } from "../sql/immediate-dialect.js"
import { isPostgres } from "../sql/is-postgres.js"
import { migrateTables } from "../sql/migrate-tables.js"
import { postgresPool } from "../sql/postgres-pool.js"
import { SqliteFile } from "../sql/sqlite-file.js"
import { type FileTables, fileMigrations } from "./file-schema.js"

/** The database of sealed chunks, of either kind, migrated. Under SQLite it is a file of its own, so that bulk never
 *  waits for, or holds up, the writer of accounts and chat; under PostgreSQL it is the same database over connections
 *  of its own. Single chunks are not forced to the disk; `durably` is, with all that came before it. */
export interface FileDatabase {
  readonly kind: "sqlite" | "postgres"
  readonly db: Kysely<FileTables>
  /** A transaction that makes whoever asks for the same name wait until it ends, across processes and servers. */
  exclusively<T>(name: string, work: (trx: Transaction<FileTables>) => Promise<T>): Promise<T>
  /** A transaction that is on the disk when it resolves, and every earlier one with it. */
  durably<T>(work: (trx: Transaction<FileTables>) => Promise<T>): Promise<T>
  /** Undefined where it cannot be known. */
  freeBytes(): Promise<number | undefined>
  /** Gives a little of what deletions left back to the disk; false when nothing is left to give. */
  shrink(): Promise<boolean>
  close(): Promise<void>
}

const LOCK_CLASS = 0x5350 // "SP"; the other half of the lock is the name's hash
const PAGE_BYTES = 16_384
const SHRINK_PAGES = 64

function sqlite(path: string): FileDatabase {
  const file = resolve(path)
  const database = new SqliteFile(file, [
    `page_size=${PAGE_BYTES}`,
    "auto_vacuum=INCREMENTAL", // deleted files give their space back
    "secure_delete=ON", // and what they give back is overwritten
    "journal_mode=WAL",
    "synchronous=NORMAL", // a kill loses nothing; a power cut loses what was not finished
  ])
  const db = new Kysely<FileTables>({ dialect: new ImmediateDialect(database) })
  const pragma = (words: string): Promise<void> =>
    db.connection().execute(() => Promise.resolve(database.exec(`pragma ${words}`)))
  return {
    kind: "sqlite",
    db,
    exclusively: (_name, work) => db.transaction().execute(work), // begin immediate is the lock
    durably: (work) =>
      db.connection().execute(async (connection) => {
        await sql`pragma synchronous=FULL`.execute(connection)
        try {
          return await connection.transaction().execute(work)
        } finally {
          await sql`pragma synchronous=NORMAL`.execute(connection)
        }
      }),
    freeBytes: () => freeBytesBeside(file),
    async shrink() {
      const free = async (): Promise<number> => {
        const { rows } = await sql<{ freelist_count: number }>`pragma freelist_count`.execute(db)
        return defined(rows[0], "row").freelist_count
      }
      const before = await free()
      if (before === 0) {
        // Nor does the write-ahead log keep what was deleted until its next turn.
        await pragma("wal_checkpoint(truncate)")
        return false
      }
      await pragma(`incremental_vacuum(${SHRINK_PAGES})`)
      return (await free()) < before
    },
    close: () => db.destroy(),
  }
}

function postgres(url: string): FileDatabase {
  const pool = postgresPool(url, 4, { synchronous_commit: "off" })
  const db = new Kysely<FileTables>({ dialect: new PostgresDialect({ pool }) })
  return {
    kind: "postgres",
    db,
    exclusively: (name, work) =>
      db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${name}))`.execute(trx)
        return work(trx)
      }),
    durably: (work) =>
      db.transaction().execute(async (trx) => {
        await sql`set local synchronous_commit = on`.execute(trx)
        return work(trx)
      }),
    freeBytes: () => Promise.resolve(undefined),
    shrink: () => Promise.resolve(false), // autovacuum makes the space usable again
    close: () => db.destroy(),
  }
}

/** @param location a SQLite file of its own, or `postgres://…` @throws AppError "store/open", "store/newer" */
export async function openFileDatabase(location: string): Promise<FileDatabase> {
  const remote = isPostgres(location)
  try {
    const database = remote ? postgres(location) : sqlite(location)
    await migrateTables(database.db, {
      what: "the file store",
      table: "file_migrations",
      countedIn: "file_schema",
      migrations: fileMigrations(database.kind),
    })
    return database
  } catch (cause) {
    if (hasCode(cause, "store/newer") || hasCode(cause, "store/mode")) throw cause
    const where = remote ? "the PostgreSQL server" : location // the address may hold a password
    throw new AppError("store/open", `cannot open the file store at ${where}: ${wordsOf(cause)}`, { cause })
  }
}
