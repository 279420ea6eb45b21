import { AppError } from "@sourceprint/core/errors.js"
import { type Kysely, type Migration, Migrator, sql } from "kysely"

export interface MigrationPlan {
  /** What error messages call the database. */
  readonly what: string
  /** The table of the migrations that were run; the lock that kysely wants has `_lock` behind the name. */
  readonly table: string
  /** Where version 0.1 counted them. It is left as it is, so that 0.1 still opens what has its tables; a migration to
   *  come drops it, and 0.1 then refuses. */
  readonly countedIn: string
  /** In the order of their names. One that was released is never changed; add another. */
  readonly migrations: Readonly<Record<string, Migration["up"]>>
}

/** Brings the tables to this version, all or nothing, whoever else does so at the same time.
 *  @throws AppError "store/newer" when a later version of sourceprint wrote them */
export async function migrateTables<T>(db: Kysely<T>, plan: MigrationPlan): Promise<void> {
  const done = await countOf(db, plan.countedIn)
  const migrations = Object.entries(plan.migrations).map(([name, up], index) => {
    const run: Migration["up"] = index < done ? () => Promise.resolve() : up
    return [name, { up: run }] as const
  })
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(migrations)) },
    migrationTableName: plan.table,
    migrationLockTableName: `${plan.table}_lock`,
  }).migrateToLatest()
  if (error === undefined) return
  const later = /previously executed migration (\S+) is missing/.exec(String(error))?.[1]
  if (later === undefined) throw error
  throw new AppError("store/newer", `${plan.what} has the tables of a later version (${later}): update this program`)
}

async function countOf<T>(db: Kysely<T>, table: string): Promise<number> {
  const tables = await db.introspection.getTables()
  if (!tables.some(({ name }) => name === table)) return 0
  const { rows } = await sql<{ version: number }>`select version from ${sql.table(table)}`.execute(db)
  return rows[0]?.version ?? 0
}
