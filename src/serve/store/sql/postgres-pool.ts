import pg from "pg"

const PG_INT8 = 20 // type oid; our integers fit in 2^53

export const isPostgres = (location: string): boolean => /^postgres(ql)?:\/\//.test(location)

/** Connections to PostgreSQL that give whole numbers as numbers. @param settings run-time parameters of each session */
export function postgresPool(url: string, max: number, settings: Readonly<Record<string, string>> = {}): pg.Pool {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === PG_INT8 ? Number : pg.types.getTypeParser(oid, format ?? "text"),
  } as pg.CustomTypesConfig
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ")
  const pool = new pg.Pool({ connectionString: url, max, types, ...(options === "" ? {} : { options }) })
  pool.on("error", () => {}) // an idle connection died; the next query opens another or rejects
  return pool
}
