import { type DatabaseConnection, SqliteAdapter, SqliteDialect, SqliteDriver } from "kysely"
import type { SqliteFile } from "./sqlite-file.js"

/** A write lock from the first statement: a deferred transaction that reads and then writes may fail half-way. */
class ImmediateDriver extends SqliteDriver {
  constructor(private readonly file: SqliteFile) {
    super({ database: file })
  }
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    try {
      this.file.renew()
      return connection
    } catch (error) {
      await super.releaseConnection()
      throw error
    }
  }
  override beginTransaction(): Promise<void> {
    return Promise.resolve().then(() => this.file.begin())
  }
  override commitTransaction(): Promise<void> {
    return Promise.resolve().then(() => this.file.commit())
  }
  override rollbackTransaction(): Promise<void> {
    return Promise.resolve().then(() => this.file.rollback())
  }
}

/** SQLite rolls changes of tables back like any other; kysely, which leaves them out, would keep half a migration. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export class ImmediateDialect extends SqliteDialect {
  constructor(private readonly file: SqliteFile) {
    super({ database: file })
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.file)
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}
