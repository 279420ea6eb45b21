import { randomBytes } from "node:crypto"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after } from "node:test"
import pg from "pg"
import { storeContract } from "../../contract/store-contract.js"
import { throwawayPostgres, withoutPostgres } from "../../support/throwaway-postgres.js"

storeContract("SQLite", false, async () => join(await mkdtemp(join(tmpdir(), "store-")), "sourceprint.db"))

const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())

storeContract("PostgreSQL", withoutPostgres, async () => {
  const name = `t${randomBytes(6).toString("hex")}`
  const client = new pg.Client({ connectionString: cluster?.url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return (cluster?.url ?? "").replace("/postgres?", `/${name}?`)
})
