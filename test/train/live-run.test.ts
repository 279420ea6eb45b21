import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { beginBeacon, liveState, requestStop, runLog } from "@sourceprint/train/live-run.js"
import { until } from "../support/patience.js"

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "live-run-"))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test("who is at work on a run says so, with its jobs and its log, until it ends", () =>
  withFolder(async (folder) => {
    assert.equal(await liveState(folder), undefined)
    const beacon = await beginBeacon(folder)
    assert.deepEqual((await liveState(folder))?.running, [])
    beacon.job({ kind: "started", id: "a", attempt: 1 })
    beacon.job({ kind: "progress", id: "a", fraction: 0.5, note: "epoch 1/2" })
    beacon.logLine("two\nlines")
    await until(async () => (await liveState(folder))?.running[0]?.fraction === 0.5, "the job's progress")
    await beacon.end()
    assert.equal(await liveState(folder), undefined)
    assert.match((await runLog(folder, 10)).join("\n"), /^\d{4}-\S+Z two\n {2}lines$/)
    assert.equal((await runLog(folder, 1)).length, 1)
  }))

test("a request to stop aborts the signal, and one that is too old does not", () =>
  withFolder(async (folder) => {
    await requestStop(folder)
    const beacon = await beginBeacon(folder)
    assert.equal(beacon.signal.aborted, false, "asked before the run began")
    await requestStop(folder)
    await until(() => beacon.signal.aborted, "the signal")
    await beacon.end()
    const given = new AbortController()
    const second = await beginBeacon(folder, given.signal)
    given.abort()
    assert.equal(second.signal.aborted, true, "Ctrl-C stops it too")
    await second.end()
  }))

test("a run whose process was killed is nobody's work, and a damaged file says nothing", () =>
  withFolder(async (folder) => {
    const beacon = await beginBeacon(folder)
    const path = join(folder, "launch", "live.json")
    const state = await liveState(folder)
    await beacon.end()
    await writeFile(path, JSON.stringify({ ...state, pid: 2 ** 22 + 1 }))
    assert.equal(await liveState(folder), undefined)
    await writeFile(path, JSON.stringify({ ...state, host: "elsewhere", at: new Date().toISOString() }))
    assert.notEqual(await liveState(folder), undefined, "another machine that has just said something")
    await writeFile(path, JSON.stringify({ ...state, host: "elsewhere", at: "2020-01-01T00:00:00.000Z" }))
    assert.equal(await liveState(folder), undefined)
    await writeFile(path, "{")
    assert.equal(await liveState(folder), undefined)
  }))
