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

/** Replaces one value if it is still the one that was read; look and change are one statement. */
export async function swapSealed(
  db: Kysely<Tables>,
  kind: SealedKind,
  id: string,
  before: Uint8Array,
  after: Uint8Array,
): Promise<boolean> {
  const update =
    kind === "account"
      ? db
          .updateTable("accounts")
          .set({ sealed_record: after })
          .where("id", "=", id)
          .where("sealed_record", "=", before)
      : kind === "template"
        ? db.updateTable("templates").set({ sealed: after }).where("id", "=", id).where("sealed", "=", before)
        : db.updateTable("secrets").set({ sealed: after }).where("name", "=", id).where("sealed", "=", before)
  return (await update.executeTakeFirst()).numUpdatedRows === 1n
}
