import assert from "node:assert/strict"
import { mkdtemp, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { fromUtf8 } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"
import { parseKeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { ImmediateDialect } from "@sourceprint/serve/store/sql/immediate-dialect.js"
import { migrateTables } from "@sourceprint/serve/store/sql/migrate-tables.js"
import { SqliteFile } from "@sourceprint/serve/store/sql/sqlite-file.js"
import { Kysely, sql } from "kysely"
import Database from "libsql"
import pg from "pg"
import { freshDatabase } from "../../support/fresh-postgres.js"
import { throwawayPostgres, withoutPostgres } from "../../support/throwaway-postgres.js"

/** test/vectors/store: what sourceprint 0.1 (commit a250055) had in a new store after one sign-up and one file; for
 *  PostgreSQL the statements that it ran, for SQLite its tables and rows. The master key is of the test alone. */
const vector = (name: string): Promise<string> => readFile(join("test/vectors/store", name), "utf8")
const keys = parseKeyRing(`fixture ${"0123456789abcdef".repeat(4)}\n`, "fixture")

const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())
const freshFile = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "migrate-")), "s.db")

async function written(file: string, script: string): Promise<string> {
  const database = new Database(file)
  database.exec(await vector(script))
  database.close()
  return file
}

async function holdsAll(store: string, files: string): Promise<void> {
  const opened = await openStore(store, keys)
  const account = await opened.store.accountByName("ada")
  assert.ok(account !== undefined)
  assert.equal(fromUtf8(keys.open(account.sealedRecord, `account/${account.id}`)), "record of Ada")
  const [template] = await opened.store.templates(account.id)
  assert.ok(template !== undefined)
  assert.equal(fromUtf8(keys.open(template.sealed, `template/${template.id}`)), "ridge of Ada")
  const report = await verifyAudit(opened.store, opened.auditKey)
  assert.equal(report.ok, true)
  await opened.store.close()
  const fileStore = await openFileStore(files)
  assert.deepEqual(await fileStore.chunk("a".repeat(32), 0), Uint8Array.of(1, 2, 3))
  await fileStore.close()
}

test("SQLite files of version 0.1 open with all that was in them, again and again", async () => {
  const store = await written(await freshFile(), "store-0.1-sqlite.sql")
  const files = await written(await freshFile(), "files-0.1-sqlite.sql")
  await holdsAll(store, files)
  await holdsAll(store, files)
})

test("so does a PostgreSQL database of version 0.1, for several servers at once", {
  skip: withoutPostgres,
}, async () => {
  const url = await freshDatabase(cluster?.url ?? "")
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(await vector("store-0.1-postgres.sql"))
  await client.end()
  await Promise.all([holdsAll(url, url), holdsAll(url, url)])
})

test("a store of a later version is refused", async () => {
  const file = await freshFile()
  await (await openStore(file, keys)).store.close()
  const database = new Database(file)
  database.exec("insert into store_migrations values ('0099-later', '2030-01-01T00:00:00.000Z')")
  database.close()
  await assert.rejects(openStore(file, keys), (error) => {
    assert.ok(error instanceof AppError && hasCode(error, "store/newer"))
    return /0099-later/.test(error.message) && /update this program/.test(error.message)
  })
})

test("a migration that fails leaves nothing behind", async () => {
  const db = new Kysely<Record<string, object>>({
    dialect: new ImmediateDialect(new SqliteFile(await freshFile(), [])),
  })
  const plan = {
    what: "the store",
    table: "m",
    countedIn: "none",
    migrations: {
      "0001-a": async (on: typeof db) => {
        await sql`create table a (x integer)`.execute(on)
        throw new Error("power cut")
      },
    },
  }
  await assert.rejects(migrateTables(db, plan), /power cut/)
  const tables = (await db.introspection.getTables()).map(({ name }) => name)
  assert.ok(!tables.includes("a"))
  await db.destroy()
})
