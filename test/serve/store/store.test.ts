import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after } from "node:test"
import { chatStoreContract } from "../../contract/chat-store-contract.js"
import { storeContract } from "../../contract/store-contract.js"
import { storeRaces } from "../../contract/store-races.js"
import { freshDatabase } from "../../support/fresh-postgres.js"
import { throwawayPostgres, withoutPostgres } from "../../support/throwaway-postgres.js"

const sqliteFile = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "store-")), "sourceprint.db")
storeContract("SQLite", false, sqliteFile)
chatStoreContract("SQLite", false, sqliteFile)
storeRaces("SQLite", false, sqliteFile)

const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())

const postgresDatabase = (): Promise<string> => freshDatabase(cluster?.url ?? "")
storeContract("PostgreSQL", withoutPostgres, postgresDatabase)
chatStoreContract("PostgreSQL", withoutPostgres, postgresDatabase)
storeRaces("PostgreSQL", withoutPostgres, postgresDatabase)
