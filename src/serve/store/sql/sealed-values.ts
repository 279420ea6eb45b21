import { toHex } from "@sourceprint/core/bytes.js"
import type { Kysely } from "kysely"
import type { SealedKind } from "../store.js"
import { toBytes } from "./database.js"
import type { Tables } from "./schema.js"

/** Everything that a key ring sealed, for rotation. */
export async function readSealed(db: Kysely<Tables>, kind: SealedKind): Promise<{ id: string; sealed: Uint8Array }[]> {
  const rows =
    kind === "account"
      ? await db.selectFrom("accounts").select(["id", "sealed_record as sealed"]).execute()
      : kind === "template"
        ? await db.selectFrom("templates").select(["id", "sealed"]).execute()
        : await db.selectFrom("secrets").select(["name as id", "sealed"]).execute()
  return rows.map(({ id, sealed }) => ({ id, sealed: toBytes(sealed) }))
}

/** Replaces one value if it is still the one that was read. */
export function swapSealed(
  db: Kysely<Tables>,
  kind: SealedKind,
  id: string,
  before: Uint8Array,
  after: Uint8Array,
): Promise<boolean> {
  const same = (found: { sealed: Uint8Array } | undefined): boolean =>
    found !== undefined && toHex(toBytes(found.sealed)) === toHex(before)
  return db.transaction().execute(async (trx) => {
    if (kind === "account") {
      const row = trx.selectFrom("accounts").select("sealed_record as sealed").where("id", "=", id)
      if (!same(await row.executeTakeFirst())) return false
      await trx.updateTable("accounts").set({ sealed_record: after }).where("id", "=", id).execute()
    } else if (kind === "template") {
      const row = trx.selectFrom("templates").select("sealed").where("id", "=", id)
      if (!same(await row.executeTakeFirst())) return false
      await trx.updateTable("templates").set({ sealed: after }).where("id", "=", id).execute()
    } else {
      const row = trx.selectFrom("secrets").select("sealed").where("name", "=", id)
      if (!same(await row.executeTakeFirst())) return false
      await trx.updateTable("secrets").set({ sealed: after }).where("name", "=", id).execute()
    }
    return true
  })
}
