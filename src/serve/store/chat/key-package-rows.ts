import { sql, type Transaction } from "kysely"
import { type SqlDatabase, toBytes } from "../sql/database.js"
import type { Tables } from "../sql/schema.js"
import type { ChatQuotas, ClaimedPackage } from "./chat-store.js"

/** How many one-time key packages of the client are still there. */
export async function packagesLeft(trx: Transaction<Tables>, clientId: string): Promise<number> {
  const { count } = await trx
    .selectFrom("chat_packages")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("client_id", "=", clientId)
    .executeTakeFirstOrThrow()
  return count
}

/** See `ChatStore.putKeyPackages`. */
export function putKeyPackages(
  { db }: SqlDatabase,
  quotas: ChatQuotas,
  clientId: string,
  packages: readonly Uint8Array[],
  lastResort: Uint8Array | undefined,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    // The numbers are taken first: the client's row is then locked, and what is counted stays so.
    const client = await trx
      .updateTable("chat_clients")
      .set({
        next_package: sql<number>`next_package + ${packages.length}`,
        ...(lastResort === undefined ? {} : { last_resort: lastResort }),
      })
      .where("id", "=", clientId)
      .where("dropped", "=", 0)
      .returning("next_package")
      .executeTakeFirst()
    if (client === undefined) return 0
    const left = await packagesLeft(trx, clientId)
    const taken = packages.slice(0, Math.max(0, quotas.keyPackagesPerClient - left))
    const first = client.next_package - packages.length
    if (taken.length > 0) {
      const rows = taken.map((bytes, i) => ({ client_id: clientId, n: first + i, bytes }))
      await trx.insertInto("chat_packages").values(rows).execute()
    }
    return left + taken.length
  })
}

/** See `ChatStore.claimKeyPackages`. Two claims at once never get the same package: each deletes what it takes. */
export function claimKeyPackages(
  { db, kind }: SqlDatabase,
  accountId: string,
  clientIds: readonly string[],
): Promise<ClaimedPackage[]> {
  return db.transaction().execute(async (trx) => {
    let query = trx
      .selectFrom("chat_clients")
      .select(["id", "certificate", "last_resort"])
      .where("account_id", "=", accountId)
      .where("dropped", "=", 0)
      .orderBy("id")
    if (clientIds.length > 0) query = query.where("id", "in", clientIds)
    const claimed: ClaimedPackage[] = []
    for (const client of await query.execute()) {
      const oldest = trx
        .selectFrom("chat_packages")
        .select("n")
        .where("client_id", "=", client.id)
        .orderBy("n")
        .limit(1)
      const taken = await trx
        .deleteFrom("chat_packages")
        .where("client_id", "=", client.id)
        .where("n", "=", kind === "postgres" ? oldest.forUpdate().skipLocked() : oldest)
        .returning("bytes")
        .executeTakeFirst()
      const bytes = taken?.bytes ?? client.last_resort
      if (bytes === null) continue
      claimed.push({
        clientId: client.id,
        certificate: toBytes(client.certificate),
        keyPackage: toBytes(bytes),
        left: await packagesLeft(trx, client.id),
      })
    }
    return claimed
  })
}
