import { concat, fromHex, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { KeyRing } from "./key-ring.js"
import type { AuditEntry, AuditEvent, SealedPoint, Store } from "./store.js"

/** An entry's number and hash. */
export interface ChainPoint {
  readonly seq: number
  readonly hash: string
}

/** Before the first entry. */
export const CHAIN_START: ChainPoint = { seq: 0, hash: "0".repeat(64) }

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

/** Authenticates the last entry that was pruned: without the key nobody cuts the beginning. */
export const startSeal = (auditKey: Uint8Array, { seq, hash }: ChainPoint): string =>
  toHex(KeyRing.keyedHash(auditKey, utf8(`start ${seq} ${hash}`)))

/** Why `entry` is not the one that was written after `before`; undefined when it is. */
export function linkFault(auditKey: Uint8Array, before: ChainPoint, entry: AuditEntry): string | undefined {
  if (entry.seq !== before.seq + 1) return "an entry is missing"
  const intact = chainHash(auditKey, before.hash, entry.seq, entry) === entry.hash
  return intact ? undefined : "the entry, or one before it, was changed"
}

/** Where the chain begins: after the entries that were pruned, where some were. */
export function chainBegin(
  auditKey: Uint8Array,
  start: SealedPoint | undefined,
): { readonly begin: ChainPoint; readonly fault?: string } {
  if (start === undefined) return { begin: CHAIN_START }
  const { seq, hash, seal } = start
  const begin = { seq, hash }
  return seal === startSeal(auditKey, begin) ? { begin } : { begin, fault: "the record of what was pruned was changed" }
}

export type AuditVerdict =
  | {
      readonly ok: true
      /** What is there; the last has the number `pruned + entries`. */
      readonly entries: number
      /** The first ones, which are gone by the operator's will. */
      readonly pruned: number
      readonly head: string
    }
  | { readonly ok: false; readonly seq: number; readonly fault: string }

/** Reads the whole log and says whether every entry is the one that was written, none is missing but those that were
 *  pruned, and none was cut off the end. A database set back as a whole to an earlier state, or emptied, verifies by
 *  itself: give what was noted elsewhere.
 *  @param noted a head printed earlier; it must lie in the chain
 *  @param checkpoints each must lie in the chain at its place, unless that was pruned */
export async function verifyAudit(
  store: Store,
  auditKey: Uint8Array,
  noted?: string,
  checkpoints: readonly ChainPoint[] = [],
): Promise<AuditVerdict> {
  for (;;) {
    const start = await store.auditStart()
    const verdict = await verifyFrom(start, store, auditKey, noted, checkpoints)
    if (verdict.ok || (await store.auditStart())?.seq === start?.seq) return verdict // else pruned meanwhile
  }
}

async function verifyFrom(
  start: SealedPoint | undefined,
  store: Store,
  auditKey: Uint8Array,
  noted: string | undefined,
  checkpoints: readonly ChainPoint[],
): Promise<AuditVerdict> {
  const anchored = new Map<number, string>()
  for (const { seq, hash } of checkpoints) {
    if ((anchored.get(seq) ?? hash) !== hash)
      return { ok: false, seq, fault: "two checkpoints differ: the log was forked" }
    anchored.set(seq, hash)
  }
  const differs = ({ seq, hash }: ChainPoint): AuditVerdict | undefined =>
    (anchored.get(seq) ?? hash) === hash
      ? undefined
      : { ok: false, seq, fault: "the entry is not the one of the checkpoint: the log was replaced" }
  const lastAnchored = Math.max(0, ...anchored.keys())
  const head = await store.auditHead()
  const { begin, fault: startFault } = chainBegin(auditKey, start)
  if (startFault !== undefined) return { ok: false, seq: begin.seq, fault: startFault }
  const otherStart = differs(begin)
  if (otherStart !== undefined) return otherStart
  let at = begin
  let foundNoted = noted === undefined || noted === begin.hash || noted === CHAIN_START.hash
  for (;;) {
    const page: AuditEntry[] = await store.auditAfter(at.seq, 1000)
    for (const entry of page) {
      const fault = linkFault(auditKey, at, entry)
      if (fault !== undefined) return { ok: false, seq: at.seq + 1, fault }
      at = { seq: entry.seq, hash: entry.hash }
      if (at.hash === noted) foundNoted = true
      const other = differs(at)
      if (other !== undefined) return other
    }
    if (page.length === 0) break
  }
  const { seq, hash } = at
  if (seq < lastAnchored) {
    return {
      ok: false,
      seq: seq + 1,
      fault: `a checkpoint has seen entry ${lastAnchored}: the log was cut or set back`,
    }
  }
  if (seq === 0 && head === undefined) return { ok: true, entries: 0, pruned: 0, head: hash }
  if (head === undefined) return { ok: false, seq, fault: "the head is missing" }
  if (head.seal !== headSeal(auditKey, head.seq, head.hash)) return { ok: false, seq, fault: "the head was changed" }
  if (head.seq > seq) return { ok: false, seq: seq + 1, fault: "entries were cut off at the end" }
  if (head.seq < seq || head.hash !== hash) return { ok: false, seq, fault: "entries were added without the key" }
  if (!foundNoted) {
    const pruned = begin.seq === 0 ? "" : `, or noted before entry ${begin.seq}, up to which it was pruned`
    return { ok: false, seq, fault: `the noted head is not in the chain: the log was set back${pruned}` }
  }
  return { ok: true, entries: seq - begin.seq, pruned: begin.seq, head: hash }
}
