import { concat, fromHex, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { KeyRing } from "./key-ring.js"
import type { AuditEntry, AuditEvent, Store } from "./store.js"

export const CHAIN_START = "0".repeat(64)

/** One spelling of an event: a JSON array in a fixed order, detail keys sorted. */
const spelled = (seq: number, event: AuditEvent): string =>
  JSON.stringify([
    seq,
    event.atMs,
    event.event,
    event.reason,
    event.accountId ?? null,
    event.deviceId ?? null,
    event.address ?? null,
    Object.entries(event.detail ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  ])

/** HMAC-SHA-256 under the audit key of the hash before and this entry: without the key nobody rewrites the past. */
export const chainHash = (auditKey: Uint8Array, previous: string, seq: number, event: AuditEvent): string =>
  toHex(KeyRing.keyedHash(auditKey, concat([fromHex(previous), utf8(spelled(seq, event))])))

/** Authenticates the length of the chain, so that entries cut off at the end are missed. */
export const headSeal = (auditKey: Uint8Array, seq: number, hash: string): string =>
  toHex(KeyRing.keyedHash(auditKey, utf8(`head ${seq} ${hash}`)))

export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | { readonly ok: false; readonly seq: number; readonly fault: string }

/** Reads the whole log and says whether every entry is the one that was written, none is missing and none was cut off
 *  the end. A database set back as a whole to an earlier state, or emptied, verifies by itself: give what was noted
 *  elsewhere.
 *  @param noted a head printed earlier; it must lie in the chain
 *  @param checkpoints each must lie in the chain at its place */
export async function verifyAudit(
  store: Store,
  auditKey: Uint8Array,
  noted?: string,
  checkpoints: readonly { readonly seq: number; readonly hash: string }[] = [],
): Promise<AuditVerdict> {
  const anchored = new Map<number, string>()
  for (const { seq, hash } of checkpoints) {
    if ((anchored.get(seq) ?? hash) !== hash)
      return { ok: false, seq, fault: "two checkpoints differ: the log was forked" }
    anchored.set(seq, hash)
  }
  const lastAnchored = Math.max(0, ...anchored.keys())
  const head = await store.auditHead()
  let hash = CHAIN_START
  let seq = 0
  let foundNoted = noted === undefined || noted === CHAIN_START
  for (;;) {
    const page: AuditEntry[] = await store.auditAfter(seq, 1000)
    for (const entry of page) {
      if (entry.seq !== seq + 1) return { ok: false, seq: seq + 1, fault: "an entry is missing" }
      hash = chainHash(auditKey, hash, entry.seq, entry)
      if (hash !== entry.hash) return { ok: false, seq: entry.seq, fault: "the entry, or one before it, was changed" }
      if (hash === noted) foundNoted = true
      if ((anchored.get(entry.seq) ?? hash) !== hash) {
        return { ok: false, seq: entry.seq, fault: "the entry is not the one of the checkpoint: the log was replaced" }
      }
      seq = entry.seq
    }
    if (page.length === 0) break
  }
  if (seq < lastAnchored) {
    return {
      ok: false,
      seq: seq + 1,
      fault: `a checkpoint has seen entry ${lastAnchored}: the log was cut or set back`,
    }
  }
  if (seq === 0 && head === undefined) return { ok: true, entries: 0, head: CHAIN_START }
  if (head === undefined) return { ok: false, seq, fault: "the head is missing" }
  if (head.seal !== headSeal(auditKey, head.seq, head.hash)) return { ok: false, seq, fault: "the head was changed" }
  if (head.seq > seq) return { ok: false, seq: seq + 1, fault: "entries were cut off at the end" }
  if (head.seq < seq || head.hash !== hash) return { ok: false, seq, fault: "entries were added without the key" }
  if (!foundNoted) return { ok: false, seq, fault: "the noted head is not in the chain: the log was set back" }
  return { ok: true, entries: seq, head: hash }
}
