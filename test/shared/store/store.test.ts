import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after } from "node:test"
import { storeContract } from "../../contract/store-contract.js"
import { freshDatabase } from "../../support/fresh-postgres.js"
import { throwawayPostgres, withoutPostgres } from "../../support/throwaway-postgres.js"

storeContract("SQLite", false, async () => join(await mkdtemp(join(tmpdir(), "store-")), "sourceprint.db"))

const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())

storeContract("PostgreSQL", withoutPostgres, () => freshDatabase(cluster?.url ?? ""))
