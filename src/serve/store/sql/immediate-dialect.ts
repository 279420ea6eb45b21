import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteAdapter,
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

/** SQLite rolls changes of tables back like any other; kysely, which leaves them out, would keep half a migration. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export class ImmediateDialect extends SqliteDialect {
  constructor(private readonly ownConfig: SqliteDialectConfig) {
    super(ownConfig)
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.ownConfig)
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}
