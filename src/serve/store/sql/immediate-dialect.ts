import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from "kysely"

/** A write lock from the first statement: a deferred transaction that reads and then writes may fail half-way. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"))
  }
}

export class ImmediateDialect extends SqliteDialect {
  constructor(private readonly ownConfig: SqliteDialectConfig) {
    super(ownConfig)
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.ownConfig)
  }
}
