import assert from "node:assert/strict"
import { test } from "node:test"
import { AuditWriter } from "@sourceprint/serve/server/auth/audit-writer.js"
import { ServerMetrics } from "@sourceprint/serve/server/metrics.js"
import type { AuditEvent, Store } from "@sourceprint/serve/store/store.js"

test("what strangers cause is written so often, the rest as one entry, and an account's own always", async () => {
  const written: AuditEvent[] = []
  const appendAudit = (events: readonly AuditEvent[]) => Promise.resolve(void written.push(...events))
  let monotonicMs = 0
  const clock = { nowMs: () => 5, monotonicMs: () => monotonicMs }
  const writer = new AuditWriter({ appendAudit } as Store, clock, new ServerMetrics())
  for (let i = 0; i < 3000; i++) {
    await writer.write({ event: "sign-in", reason: i % 2 === 0 ? "device" : "freshness", address: `a${i % 50}` })
  }
  assert.equal(written.length, 120)
  for (let i = 0; i < 200; i++)
    await writer.write({ event: "sign-in", reason: "device", address: "a", accountId: "ada" })
  assert.equal(written.length, 320)
  monotonicMs = 60_000
  written.length = 0
  for (let i = 0; i < 100; i++) await writer.write({ event: "connection", reason: "decryption", address: "one" })
  assert.deepEqual(written[0], {
    atMs: 5,
    event: "connection",
    reason: "suppressed",
    detail: { entries: 2880, addresses: 50 },
  })
  assert.equal(written.length, 1 + 30)
})
