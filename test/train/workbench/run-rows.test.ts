import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { readConfigText, resolveConfig } from "@sourceprint/train/config-file.js"
import { changeNotes } from "@sourceprint/train/run-notes.js"
import { readRunDetail } from "@sourceprint/train/workbench/run-detail.js"
import { RunRowsReader } from "@sourceprint/train/workbench/run-rows.js"
import { tinyExperiment } from "../../support/tiny-scanners.js"

const environment = {
  engine: { name: "wasm", why: "", versions: {} },
  datasetHash: "0".repeat(64),
  imageCount: 1,
  node: "",
  platform: "",
  cpu: "",
  commit: "",
  createdAt: "2026-01-01T00:00:00.000Z",
}

/** A run folder with two jobs of which nothing is done yet. */
async function runFolder(runs: string, name: string, more = ""): Promise<string> {
  const folder = join(runs, name)
  await mkdir(folder, { recursive: true })
  const config = resolveConfig(readConfigText(tinyExperiment("data", more), "tiny"))
  const cells = ["a", "b"].map((id) => ({ id, arm: "m", task: "t", fold: 0, seed: 1 }))
  for (const [file, value] of Object.entries({ config, plan: { arms: [], tasks: [], cells }, environment }))
    await writeFile(join(folder, `${file}.json`), JSON.stringify(value))
  return folder
}

test("a run's state: running while a process is at work, failed with a failed job, else stopped", async () => {
  const runs = await mkdtemp(join(tmpdir(), "run-rows-"))
  try {
    const folder = await runFolder(runs, "one")
    const reader = new RunRowsReader(runs)
    const state = async () => (await reader.read()).rows[0]?.state
    assert.equal(await state(), "stopped")
    await mkdir(join(folder, "launch"))
    const running = [{ job: "a", fraction: 0.25, note: "epoch 1/4" }]
    const live = { pid: process.pid, host: hostname(), at: new Date().toISOString(), running }
    await writeFile(join(folder, "launch", "live.json"), JSON.stringify(live))
    assert.equal(await state(), "running")
    const { jobs } = await readRunDetail(runs, "one")
    assert.deepEqual(
      jobs.map((job) => [job.id, job.state, job.fraction]),
      [
        ["a", "started", 0.25],
        ["b", "waiting", undefined],
      ],
    )
    await rm(join(folder, "launch"), { recursive: true })
    await mkdir(join(folder, "cells", "b"), { recursive: true })
    const failure = { cell: "b", cause: "memory", message: "too much" }
    await writeFile(join(folder, "cells", "b", "failure.json"), JSON.stringify(failure))
    assert.equal(await state(), "failed")
    assert.equal((await readRunDetail(runs, "one")).jobs[1]?.failure, "memory: too much")
    await changeNotes(folder, { title: "A title", tag: ["good"] })
    const [row] = (await reader.read()).rows
    assert.deepEqual([row?.title, row?.tags], ["A title", ["good"]])
  } finally {
    await rm(runs, { recursive: true })
  }
})

test("runs that differ in their seeds alone are of one group; a damaged run is named beside the others", async () => {
  const runs = await mkdtemp(join(tmpdir(), "run-rows-"))
  try {
    await runFolder(runs, "one")
    await runFolder(runs, "two", "seeds: [7, 8]\n")
    await runFolder(runs, "three", "decision: { kind: target-fmr, maxFmr: 0.01 }\n")
    await writeFile(join(await runFolder(runs, "four"), "config.json"), "{")
    await mkdir(join(runs, "no-run"))
    const { rows, damaged } = await new RunRowsReader(runs).read()
    const group = new Map(rows.map(({ name, seedGroup }) => [name, seedGroup]))
    assert.deepEqual([...group.keys()].sort(), ["one", "three", "two"])
    assert.equal(group.get("one"), group.get("two"))
    assert.notEqual(group.get("one"), group.get("three"))
    assert.deepEqual(
      damaged.map(({ name }) => name),
      ["four"],
    )
    assert.deepEqual(await new RunRowsReader(join(runs, "no-such-folder")).read().then((found) => found.rows), [])
  } finally {
    await rm(runs, { recursive: true })
  }
})
