import { AppError } from "@sourceprint/core/errors.js"
import type { Selectable, Transaction } from "kysely"
import { z } from "zod"
import { CHAIN_START, chainBegin, chainHash, headSeal, linkFault, startSeal } from "../audit-chain.js"
import type { AuditEntry, AuditEvent } from "../store.js"
import type { SqlDatabase } from "./database.js"
import type { Tables } from "./schema.js"

/** Appends within the caller's transaction, so that a thing and its record stand or fall together. */
export async function appendEntries(
  { lock }: SqlDatabase,
  trx: Transaction<Tables>,
  auditKey: Uint8Array,
  events: readonly AuditEvent[],
): Promise<void> {
  if (events.length === 0) return
  await lock(trx, "audit")
  const head = await trx.selectFrom("audit_head").selectAll().executeTakeFirst()
  let { seq, hash } = head ?? CHAIN_START
  const rows = events.map((event) => {
    hash = chainHash(auditKey, hash, ++seq, event)
    return rowOf(seq, hash, event)
  })
  await trx.insertInto("audit").values(rows).execute()
  const next = { one: 1, seq, hash, seal: headSeal(auditKey, seq, hash) }
  if (head === undefined) await trx.insertInto("audit_head").values(next).execute()
  else await trx.updateTable("audit_head").set(next).where("one", "=", 1).execute()
}

const PRUNED_AT_ONCE = 2000

/** See `Store.pruneAudit`. */
export function pruneEntries(
  { db, lock }: SqlDatabase,
  auditKey: Uint8Array,
  beforeMs: number,
  append: (trx: Transaction<Tables>, last: { through: number; digest: string }) => Promise<void>,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await lock(trx, "audit")
    const start = await trx.selectFrom("audit_start").selectAll().executeTakeFirst()
    const { begin, fault } = chainBegin(auditKey, start)
    if (fault !== undefined) throw broken(begin.seq, fault)
    const oldest = trx.selectFrom("audit").selectAll().where("seq", ">", begin.seq).orderBy("seq").limit(PRUNED_AT_ONCE)
    let last = begin
    for (const row of await oldest.execute()) {
      if (row.at_ms >= beforeMs) break
      const entry = entryOf(row)
      const wrong = linkFault(auditKey, last, entry)
      if (wrong !== undefined) throw broken(last.seq + 1, wrong)
      last = { seq: entry.seq, hash: entry.hash }
    }
    if (last.seq === begin.seq) return 0
    await trx.deleteFrom("audit").where("seq", "<=", last.seq).execute()
    const next = { one: 1, ...last, seal: startSeal(auditKey, last) }
    if (start === undefined) await trx.insertInto("audit_start").values(next).execute()
    else await trx.updateTable("audit_start").set(next).where("one", "=", 1).execute()
    await append(trx, { through: last.seq, digest: last.hash })
    return last.seq - begin.seq
  })
}

const broken = (seq: number, fault: string): AppError =>
  new AppError("audit/broken", `entry ${seq}: ${fault}; nothing was pruned: see audit verify`)

const rowOf = (seq: number, hash: string, event: AuditEvent): Tables["audit"] => ({
  seq,
  at_ms: event.atMs,
  event: event.event,
  reason: event.reason,
  account_id: event.accountId ?? null,
  device_id: event.deviceId ?? null,
  address: event.address ?? null,
  detail: event.detail === undefined ? null : JSON.stringify(event.detail),
  hash,
})

const Detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

export const entryOf = (row: Selectable<Tables["audit"]>): AuditEntry => ({
  seq: row.seq,
  atMs: row.at_ms,
  event: row.event,
  reason: row.reason,
  hash: row.hash,
  ...(row.account_id === null ? {} : { accountId: row.account_id }),
  ...(row.device_id === null ? {} : { deviceId: row.device_id }),
  ...(row.address === null ? {} : { address: row.address }),
  ...(row.detail === null ? {} : { detail: Detail.parse(JSON.parse(row.detail)) }),
})
