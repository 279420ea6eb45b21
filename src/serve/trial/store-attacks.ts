import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hasCode } from "@sourceprint/core/errors.js"
import Database from "libsql"
import { AttemptLimits, defaultRules } from "../server/auth/limits.js"
import { verifyAudit } from "../store/audit-chain.js"
import { KeyRing } from "../store/key-ring.js"
import { type OpenedStore, openStore } from "../store/open-store.js"
import type { Attack, AttackTarget } from "./attack.js"

const AT_ONCE = 200
const HOUR_MS = 3_600_000

/** A store of the attempt's own. */
async function onFreshStore(work: (opened: OpenedStore, file: string) => Promise<boolean>): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "store-attack-"))
  try {
    const file = join(folder, "s.db")
    const opened = await openStore(file, KeyRing.random())
    try {
      return await work(opened, file)
    } finally {
      await opened.store.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Limits on the server's own store that count for one attempt alone: its keys are like no other's. */
const freshLimits = (target: AttackTarget): AttemptLimits =>
  new AttemptLimits(target.server().deps.store, target.deps.crypto.randomBytes(32))

const guess = { nameKey: "victim", accountId: undefined, deviceId: "d", address: "::1" }

const parallelGuesses: Attack = {
  id: "parallel-guesses",
  title: `${AT_ONCE} guesses at the same moment: more than the limit admits get through`,
  async run(target) {
    const limits = freshLimits(target)
    const nowMs = Date.now()
    const waits = await Promise.all(Array.from({ length: AT_ONCE }, () => limits.admit(guess, nowMs)))
    return waits.filter((waitMs) => waitMs === 0).length > defaultRules.pair.free
  },
}

const clockSetBack: Attack = {
  id: "clock-set-back",
  title: "the server's clock is set back: the owner has to wait for longer than any pause",
  async run(target, attempt) {
    const limits = freshLimits(target)
    const nowMs = Date.now()
    for (let i = 0; i < 6; i++) await limits.admit(guess, nowMs)
    const earlierMs = nowMs - (1 + (attempt % 6)) * HOUR_MS
    const waitMs = await limits.admit(guess, earlierMs)
    if (waitMs > defaultRules.pair.maxMs) return true
    return (await limits.admit(guess, earlierMs + waitMs)) > 0
  },
}

const auditSetBack: Attack = {
  id: "audit-set-back",
  title: "the audit log is emptied, or cut and given an older head: it verifies beside its checkpoints",
  run: (_target, attempt) =>
    onFreshStore(async ({ store, auditKey }, file) => {
      const append = () => store.appendAudit([{ atMs: 1, event: "sign-in", reason: "password" }])
      await append()
      const older = await store.auditHead()
      await append()
      const checkpoint = await store.auditHead()
      if (older === undefined || checkpoint === undefined) throw new TypeError("the log has no head")
      const raw = new Database(file)
      raw.exec("delete from audit where seq > 1")
      raw.prepare("update audit_head set seq = ?, hash = ?, seal = ?").run(older.seq, older.hash, older.seal)
      if (attempt % 2 === 0) raw.exec("delete from audit; delete from audit_head")
      raw.close()
      return (await verifyAudit(store, auditKey, undefined, [checkpoint])).ok
    }),
}

/** By turns: entries made old so that the server deletes them; the beginning cut, under the seal of an older head; the
 *  same of a log that was pruned before. */
const auditCutFront: Attack = {
  id: "audit-cut-front",
  title: "entries are made old, or the beginning is cut and a record of pruning forged: the log verifies without them",
  run: (_target, attempt) =>
    onFreshStore(async ({ store, auditKey }, file) => {
      const append = (atMs: number) => store.appendAudit([{ atMs, event: "sign-in", reason: "password" }])
      const prune = (beforeMs: number) =>
        store.pruneAudit(beforeMs, { atMs: HOUR_MS, event: "server", reason: "audit-pruned" })
      for (let atMs = 1; atMs <= 5; atMs++) await append(atMs)
      const cut = await store.auditHead()
      if (cut === undefined) throw new TypeError("the log has no head")
      await append(6)
      if (attempt % 3 === 2) await prune(3)
      const raw = new Database(file)
      if (attempt % 3 === 0) raw.exec("update audit set at_ms = 1 where seq <= 5")
      else {
        raw.exec("delete from audit where seq <= 5; delete from audit_start")
        raw.prepare("insert into audit_start values (1, ?, ?, ?)").run(cut.seq, cut.hash, cut.seal)
      }
      raw.close()
      await prune(2).catch((error: unknown) => {
        if (!hasCode(error, "audit/broken")) throw error
      })
      return (await verifyAudit(store, auditKey)).ok
    }),
}

/** What an attacker does to limits and log by way of the store, the clock and many connections at once. */
export const storeAttacks: readonly Attack[] = [parallelGuesses, clockSetBack, auditSetBack, auditCutFront]
