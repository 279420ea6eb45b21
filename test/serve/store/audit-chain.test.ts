import assert from "node:assert/strict"
import { mkdtemp, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { systemClock } from "@sourceprint/core/clock.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { AuditAnchor } from "@sourceprint/serve/server/audit-anchor.js"
import { loadSecrets } from "@sourceprint/serve/server/auth/server-secrets.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { readCheckpoints } from "@sourceprint/serve/store/audit-checkpoint.js"
import { KeyRing, parseKeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import Database from "libsql"

/** What each meddling with the file is called. */
const meddlings: readonly (readonly [string, string, string])[] = [
  ["a changed reason", "update audit set reason = 'passed' where seq = 3", "the entry, or one before it, was changed"],
  [
    "a changed detail",
    `update audit set detail = '{"score":9}' where seq = 2`,
    "the entry, or one before it, was changed",
  ],
  ["a removed entry", "delete from audit where seq = 2", "an entry is missing"],
  ["a cut tail", "delete from audit where seq >= 4", "entries were cut off at the end"],
  [
    "a cut tail with its head",
    "delete from audit where seq = 5; update audit_head set seq = 4, hash = (select hash from audit where seq = 4)",
    "the head was changed",
  ],
  [
    "swapped entries",
    "update audit set seq = 99 where seq = 2; update audit set seq = 2 where seq = 3; update audit set " +
      "seq = 3 where seq = 99",
    "the entry, or one before it, was changed",
  ],
]

test("the audit chain verifies, and every meddling is found", async () => {
  for (const [title, statement, fault] of meddlings) {
    const path = join(await mkdtemp(join(tmpdir(), "audit-")), "s.db")
    const { store, auditKey } = await openStore(path, KeyRing.random())
    for (let i = 1; i <= 5; i++) {
      await store.appendAudit([
        {
          atMs: i,
          event: "sign-in",
          reason: "finger",
          address: "::1",
          deviceId: "d",
          detail: { score: i / 7, b: true },
        },
      ])
    }
    const verdict = await verifyAudit(store, auditKey)
    assert.equal(verdict.ok && verdict.entries, 5)
    const raw = new Database(path)
    raw.exec(statement)
    raw.close()
    const after = await verifyAudit(store, auditKey)
    assert.equal(!after.ok && after.fault, fault, title)
    await store.close()
  }
})

const pruned = { atMs: 100, event: "server", reason: "audit-pruned" }

/** A log of eight entries at the times 1 to 8, and the head that it had after the seventh. */
async function eight() {
  const path = join(await mkdtemp(join(tmpdir(), "audit-")), "s.db")
  const { store, auditKey } = await openStore(path, KeyRing.random())
  const append = (atMs: number) => store.appendAudit([{ atMs, event: "sign-in", reason: "finger" }])
  for (let atMs = 1; atMs <= 7; atMs++) await append(atMs)
  const older = await store.auditHead()
  await append(8)
  const meddle = (statement: string) => {
    const raw = new Database(path)
    raw.exec(statement.replace("[seal]", older?.seal ?? ""))
    raw.close()
  }
  return { store, auditKey, meddle }
}

const hashOf = (seq: number) => `(select hash from audit where seq = ${seq})`

/** Without the key, on a log that was pruned up to entry 4; `[seal]` is that of an earlier head, entry 7. */
const cuts: readonly (readonly [string, string, string])[] = [
  ["more cut", "delete from audit where seq = 5", "an entry is missing"],
  ["the record of the pruning removed", "delete from audit_start", "an entry is missing"],
  [
    "more cut, and the record moved",
    `update audit_start set seq = 6, hash = ${hashOf(6)}; delete from audit where seq <= 6`,
    "the record of what was pruned was changed",
  ],
  [
    "more cut, under the seal of an older head",
    `update audit_start set seq = 7, hash = ${hashOf(7)}, seal = '[seal]'; delete from audit where seq <= 7`,
    "the record of what was pruned was changed",
  ],
]

test("a pruned log verifies, and a beginning that was cut without the key is found", async () => {
  for (const [title, statement, fault] of cuts) {
    const { store, auditKey, meddle } = await eight()
    assert.equal(await store.pruneAudit(5, pruned), 4)
    assert.equal((await verifyAudit(store, auditKey)).ok, true, title)
    meddle(statement)
    const verdict = await verifyAudit(store, auditKey)
    assert.equal(verdict.ok ? undefined : verdict.fault, fault, title)
    await assert.rejects(store.pruneAudit(50, pruned), (error) => hasCode(error, "audit/broken"))
    await store.close()
  }
})

test("pruning removes no trace of meddling: entries made old, changed or cut stay, and it says so", async () => {
  for (const statement of [
    "update audit set at_ms = 1 where seq <= 8",
    "update audit set reason = 'passed' where seq = 2",
    "delete from audit where seq = 1",
  ]) {
    const { store, auditKey, meddle } = await eight()
    meddle(statement)
    const before = await store.auditAfter(0, 20)
    await assert.rejects(store.pruneAudit(5, pruned), (error) => hasCode(error, "audit/broken"), statement)
    assert.deepEqual(await store.auditAfter(0, 20), before)
    assert.equal((await verifyAudit(store, auditKey)).ok, false)
    await store.close()
  }
})

test("a store opens only with its own keys, and the refusal names no key", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "audit-")), "s.db")
  const ring = KeyRing.random()
  await (await openStore(path, ring)).store.close()
  await assert.rejects(openStore(path, KeyRing.random()), (e) => hasCode(e, "keys/unknown"))
  const again = await openStore(path, parseKeyRing(ring.text, "test"))
  await again.store.close()
  const secret = "f".repeat(63)
  assert.throws(
    () => parseKeyRing(`a ${secret}`, "file"),
    (e) => hasCode(e, "keys/format") && !e.message.includes(secret),
  )
})

test("a log that was emptied, cut with its head, or grown anew is missed by its checkpoints", async () => {
  const folder = await mkdtemp(join(tmpdir(), "audit-"))
  const path = join(folder, "s.db")
  const file = join(folder, "away", "checkpoints")
  const keys = KeyRing.random()
  const { store, auditKey } = await openStore(path, keys)
  const { identity } = await loadSecrets(store, keys, webCrypto)
  const append = (reason: string) => store.appendAudit([{ atMs: 1, event: "sign-in", reason }])
  const raw = new Database(path)
  await append("one")
  await append("two")
  const anchor = new AuditAnchor(
    { store, identity, clock: systemClock, log: silentLog },
    { file, syslog: undefined },
    3_600_000,
  )
  await anchor.write()
  const early = raw.prepare("select * from audit_head").get() as { seq: number; hash: string; seal: string }
  await append("three")
  await anchor.stop()
  assert.equal(anchor.last?.seq, 3)
  const text = await readFile(file, "utf8")
  const checkpoints = readCheckpoints(text.replaceAll("{", "Nov 30 host sourceprint: {"), identity.publicKey)
  assert.deepEqual(
    checkpoints.map(({ seq }) => seq),
    [2, 3],
  )
  const faultOf = async () => {
    const alone = await verifyAudit(store, auditKey)
    const verdict = await verifyAudit(store, auditKey, undefined, checkpoints)
    return [alone.ok, verdict.ok ? undefined : verdict.fault]
  }
  assert.deepEqual(await faultOf(), [true, undefined])
  raw.exec("delete from audit where seq = 3")
  raw.prepare("update audit_head set seq = ?, hash = ?, seal = ?").run(early.seq, early.hash, early.seal)
  assert.deepEqual(await faultOf(), [true, "a checkpoint has seen entry 3: the log was cut or set back"])
  raw.exec("delete from audit; delete from audit_head")
  assert.deepEqual(await faultOf(), [true, "a checkpoint has seen entry 3: the log was cut or set back"])
  for (const reason of ["one", "two", "another", "four"]) await append(reason)
  assert.deepEqual(await faultOf(), [true, "the entry is not the one of the checkpoint: the log was replaced"])
  raw.close()
  await store.close()

  assert.throws(
    () => readCheckpoints(text.replace('"seq":2', '"seq":1'), identity.publicKey),
    (error) => hasCode(error, "audit/checkpoint") && /line 1 is not signed/.test(error.message),
  )
  for (const bad of ["", "hello", "{}", '{"seq":1}']) {
    assert.throws(
      () => readCheckpoints(bad, identity.publicKey),
      (error) => hasCode(error, "audit/checkpoint"),
    )
  }
})
