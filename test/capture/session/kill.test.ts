import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { verifyDataset } from "@sourceprint/capture/session/verify-dataset.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { Rng } from "@sourceprint/core/rng.js"
import { killPlanTouches } from "../../support/kill-plan.js"
import { randomMoment, runAndKill } from "../../support/kill-session.js"

test("killed six times at random moments, the dataset verifies each time and the session completes", async () => {
  const folder = join(await mkdtemp(join(tmpdir(), "kill-")), "data")
  const rng = new Rng("kill test")
  let rows = 0
  for (let i = 0; i < 6; i++) {
    await runAndKill(folder, randomMoment(rng))
    const verdict = await verifyDataset(folder)
    assert.deepEqual(verdict.findings, [])
    assert.ok(verdict.rows >= rows, "a saved touch was lost")
    rows = verdict.rows
  }
  assert.equal(await runAndKill(folder), true)
  assert.deepEqual((await verifyDataset(folder)).findings, [])
  assert.equal((await readManifest(folder)).length, killPlanTouches)
})

test("two processes on two scanners write to one dataset", async () => {
  const folder = join(await mkdtemp(join(tmpdir(), "two-")), "data")
  const outputs = await Promise.all([
    runAndKill(folder, undefined, "unit-01"),
    runAndKill(folder, undefined, "unit-02"),
  ])
  assert.deepEqual(outputs, [true, true])
  assert.deepEqual((await verifyDataset(folder)).findings, [])
  assert.equal((await readManifest(folder)).length, killPlanTouches)
})
