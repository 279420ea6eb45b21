import assert from "node:assert/strict"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { auditCommand } from "@sourceprint/cli/serve/audit.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { AuditRetention, DAY_MS } from "@sourceprint/serve/server/audit-retention.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { KeyRing, writeKeyFile } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import Database from "libsql"
import yargs from "yargs"

async function freshStore() {
  const folder = await mkdtemp(join(tmpdir(), "retention-"))
  const file = join(folder, "s.db")
  const keys = KeyRing.random()
  return { folder, file, keys, ...(await openStore(file, keys)) }
}

test("the server deletes what is older than the days it keeps, in steps, and logs a broken chain", async () => {
  const { file, store, auditKey } = await freshStore()
  const event = { event: "connection", reason: "suppressed" }
  await store.appendAudit(Array.from({ length: 2500 }, (_, i) => ({ ...event, atMs: i })))
  await store.appendAudit([{ ...event, atMs: 40 * DAY_MS }])
  const logged: string[] = []
  const log = { ...silentLog, error: (name: string) => void logged.push(name) }
  let nowMs = 30 * DAY_MS
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 }
  const retention = new AuditRetention({ store, clock, log }, 30)
  await retention.prune()
  assert.equal(await store.auditStart(), undefined) // nothing is older than 30 days
  nowMs = 41 * DAY_MS
  await retention.prune()
  assert.equal((await store.auditStart())?.seq, 2500)
  const verdict = await verifyAudit(store, auditKey)
  assert.equal(verdict.ok && verdict.entries, 1 + 2) // two steps
  const raw = new Database(file)
  raw.exec("update audit set at_ms = 0")
  raw.close()
  assert.deepEqual(logged, [])
  await retention.prune()
  assert.deepEqual(logged, ["audit.prune"])
  assert.equal((await store.auditAfter(0, 10)).length, 3)
  await retention.stop()
  await store.close()
})

test("audit prune deletes by the command line's days, and refuses without any", async () => {
  const { folder, file, keys, store, auditKey } = await freshStore()
  const keyFile = join(folder, "master.key")
  await writeKeyFile(keyFile, keys)
  const config = join(folder, "serve.yaml")
  await writeFile(config, `store: ${file}\nkeyFile: ${keyFile}\n`)
  for (const age of [3, 2, 0]) {
    await store.appendAudit([{ atMs: Date.now() - age * DAY_MS, event: "sign-in", reason: "passed" }])
  }
  const run = (...args: string[]) =>
    yargs(["audit", "prune", "--config", config, ...args])
      .command(auditCommand)
      .exitProcess(false)
      .fail(false)
      .parseAsync()
  for (const bad of [[], ["--keep-days", "0"], ["--keep-days", "many"]]) {
    await assert.rejects(
      async () => run(...bad),
      (error) => hasCode(error, "audit/keep-days"),
    )
  }
  await run("--keep-days", "1.5")
  assert.deepEqual(
    (await store.auditAfter(0, 10)).map(({ reason, address }) => [reason, address]),
    [
      ["passed", undefined],
      ["audit-pruned", "local"],
    ],
  )
  assert.equal((await verifyAudit(store, auditKey)).ok, true)
  await store.close()
})
