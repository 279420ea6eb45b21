import type { PostgresPool, PostgresPoolClient } from "kysely"
import pg from "pg"

const PG_INT8 = 20 // type oid; our integers fit in 2^53

/** A statement that has not been answered by then is given up, and its connection with it. */
const ANSWER_MS = 10_000
/** For a connection: a free one of the pool, or a new one. */
const CONNECT_MS = 30_000
/** A server that stands still in the middle of a transaction holds up the others for no longer. */
const IDLE_IN_TRANSACTION_MS = 15_000

/** Connections to PostgreSQL that give whole numbers as numbers. None is waited for without end: a database that stops
 *  or cannot be reached fails what is under way, and the next query opens a connection again.
 *  @param settings run-time parameters of each session */
export function postgresPool(url: string, max: number, settings: Readonly<Record<string, string>> = {}): PostgresPool {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === PG_INT8 ? Number : pg.types.getTypeParser(oid, format ?? "text"),
  } as pg.CustomTypesConfig
  const session = { idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS), ...settings }
  const options = Object.entries(session)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ")
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    options,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: ANSWER_MS,
    query_timeout: ANSWER_MS + 1_000,
  })
  pool.on("error", () => {}) // an idle connection died; the next query opens another or rejects
  return { connect: async () => lentClient(await pool.connect()), end: () => pool.end() }
}

/** One whose connection is destroyed when it was not answered: the late answer would be taken for the next one's. */
function lentClient(client: pg.PoolClient): PostgresPoolClient {
  let lost: Error | undefined
  const query = async (text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> => {
    if (lost !== undefined) throw lost
    try {
      return await client.query(text, [...parameters])
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) lost = error instanceof Error ? error : new Error(String(error))
      throw error
    }
  }
  const died = (error: Error): void => {
    lost ??= error
  }
  client.on("error", died) // a connection that breaks between two statements tells nobody else
  return {
    query: query as unknown as PostgresPoolClient["query"],
    release() {
      client.removeListener("error", died)
      client.release(lost !== undefined)
    },
  }
}
