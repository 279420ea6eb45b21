import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
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
