import type { SqlDatabase } from "../sql/database.js"

/** Who is online by which server, with an expiry, so that a server that died takes nobody's place for long. */
export class OnlineRows {
  constructor(
    private readonly database: SqlDatabase,
    private readonly serverId: string,
  ) {}

  private get db() {
    return this.database.db
  }

  /** An embedded database has one server: entries of an earlier one mean nothing. */
  async begin(): Promise<void> {
    if (this.database.kind === "sqlite") await this.db.deleteFrom("chat_online").execute()
  }

  private async others(accountId: string, clientId: string, nowMs: number): Promise<boolean> {
    const row = await this.db
      .selectFrom("chat_online")
      .select("client_id")
      .where("account_id", "=", accountId)
      .where("until_ms", ">", nowMs)
      .where((e) => e.or([e("client_id", "!=", clientId), e("server_id", "!=", this.serverId)]))
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  async set(clientId: string, accountId: string, untilMs: number, nowMs: number): Promise<boolean> {
    const row = { client_id: clientId, server_id: this.serverId, account_id: accountId, until_ms: untilMs }
    await this.db
      .insertInto("chat_online")
      .values(row)
      .onConflict((c) => c.columns(["client_id", "server_id"]).doUpdateSet(row))
      .execute()
    return this.others(accountId, clientId, nowMs)
  }

  async clear(clientId: string, accountId: string, nowMs: number): Promise<boolean> {
    await this.db
      .deleteFrom("chat_online")
      .where("client_id", "=", clientId)
      .where("server_id", "=", this.serverId)
      .execute()
    return this.others(accountId, "", nowMs)
  }

  async prolong(untilMs: number): Promise<void> {
    await this.db.updateTable("chat_online").set({ until_ms: untilMs }).where("server_id", "=", this.serverId).execute()
  }

  async takeExpired(nowMs: number): Promise<string[]> {
    const gone = await this.db
      .deleteFrom("chat_online")
      .where("until_ms", "<=", nowMs)
      .returning("account_id")
      .execute()
    const accounts = [...new Set(gone.map((row) => row.account_id))]
    const still = await Promise.all(accounts.map((account) => this.others(account, "", nowMs)))
    return accounts.filter((_, i) => !still[i])
  }
}
