import { mkdirSync } from "node:fs"
import { dirname, resolve } from "node:path"
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  sql,
  type Transaction,
} from "kysely"
import Database from "libsql"
import pg from "pg"
import { AppError, messageOf } from "../../errors.js"
import { migrations, type Tables } from "./schema.js"

/** A database of either kind, migrated. */
export interface SqlDatabase {
  readonly kind: "sqlite" | "postgres"
  readonly db: Kysely<Tables>
  /** Makes writers of the named thing queue until this transaction ends, across processes and servers. */
  lock(trx: Transaction<Tables>, name: "audit" | "schema"): Promise<void>
  close(): Promise<void>
}

const LOCK_NUMBER = { audit: 0x5350_0001, schema: 0x5350_0002 } as const // "SP", then a number of ours
const PG_INT8 = 20 // type oid; our integers fit in 2^53

/** A write lock from the first statement: a deferred transaction that reads and then writes may fail half-way. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"))
  }
}

class ImmediateDialect extends SqliteDialect {
  constructor(private readonly ownConfig: SqliteDialectConfig) {
    super(ownConfig)
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.ownConfig)
  }
}

/** One connection a file and process. SQLite waits for another process's write by blocking this thread, so a second
 *  connection of our own would wait for ever; and libsql 0.5 leaves a statement that was refused as busy open, after
 *  which nothing commits, so there is no refusing and trying again. */
const openFiles = new Map<string, { readonly db: Kysely<Tables>; users: number }>()

function sqlite(path: string): SqlDatabase {
  const file = resolve(path)
  let shared = openFiles.get(file)
  if (shared === undefined) {
    mkdirSync(dirname(file), { recursive: true })
    const database = new Database(file)
    for (const pragma of [
      "journal_mode=WAL",
      "synchronous=FULL", // a commit is on disk before it is acknowledged
      "secure_delete=ON", // freed pages are overwritten: deleted is gone
      "foreign_keys=ON",
      "busy_timeout=10000",
    ]) {
      database.pragma(pragma)
    }
    shared = { db: new Kysely<Tables>({ dialect: new ImmediateDialect({ database }) }), users: 0 }
    openFiles.set(file, shared)
  }
  const entry = shared
  entry.users++
  return {
    kind: "sqlite",
    db: entry.db,
    lock: () => Promise.resolve(), // begin immediate is the lock
    async close() {
      if (--entry.users > 0) return
      openFiles.delete(file)
      await entry.db.destroy()
    },
  }
}

function postgres(url: string): SqlDatabase {
  const parsers = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === PG_INT8 ? Number : pg.types.getTypeParser(oid, format ?? "text"),
  } as pg.CustomTypesConfig
  const pool = new pg.Pool({ connectionString: url, max: 8, types: parsers })
  pool.on("error", () => {}) // an idle connection died; the next query opens another or rejects
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    kind: "postgres",
    db,
    close: () => db.destroy(),
    lock: async (trx, name) => {
      await sql`select pg_advisory_xact_lock(${LOCK_NUMBER[name]})`.execute(trx)
    },
  }
}

/** Opens `postgres://…` or a SQLite file and brings its tables to this version.
 *  @throws AppError "store/open", "store/newer" when a later version of sourceprint wrote it */
export async function openDatabase(location: string): Promise<SqlDatabase> {
  const isPostgres = /^postgres(ql)?:\/\//.test(location)
  try {
    const database = isPostgres ? postgres(location) : sqlite(location)
    await migrate(database)
    return database
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const where = isPostgres ? "the PostgreSQL server" : location // the address may hold a password
    throw new AppError("store/open", `cannot open the store at ${where}: ${messageOf(cause)}`, { cause })
  }
}

async function migrate({ kind, db, lock }: SqlDatabase): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lock(trx, "schema")
    await trx.schema
      .createTable("schema_version")
      .ifNotExists()
      .addColumn("version", "integer", (c) => c.notNull())
      .execute()
    const row = await trx.selectFrom("schema_version").select("version").executeTakeFirst()
    const version = row?.version ?? 0
    if (version > migrations.length) {
      throw new AppError(
        "store/newer",
        `the store is at version ${version}, this program knows ${migrations.length}: update it`,
      )
    }
    for (const migration of migrations.slice(version))
      await migration(trx, kind === "sqlite" ? "blob" : "bytea")
    if (row === undefined)
      await trx.insertInto("schema_version").values({ version: migrations.length }).execute()
    else if (version < migrations.length)
      await trx.updateTable("schema_version").set({ version: migrations.length }).execute()
  })
}

/** A blob as this project wants it: libsql gives an ArrayBuffer, pg a Buffer. */
export const toBytes = (value: Uint8Array | ArrayBuffer): Uint8Array =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value)
