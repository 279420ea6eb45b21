import type { Transaction } from "kysely"
import { Refused } from "./audited-database.js"
import type { Tables } from "./schema.js"

/** No image passes twice. @throws Refused "replay" */
export async function insertImages(trx: Transaction<Tables>, digests: readonly string[]): Promise<void> {
  for (const digest of digests) {
    const inserted = await trx
      .insertInto("images")
      .values({ digest })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 0n) throw new Refused("replay")
  }
}
