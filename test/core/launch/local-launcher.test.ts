import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import type { JobEvent } from "@sourceprint/core/launch/launcher.js"
import { localLauncher } from "@sourceprint/core/launch/local-launcher.js"
import type { TestJob } from "../../support/launch-jobs.js"

const moduleUrl = new URL("../../support/launch-jobs.js", import.meta.url).href

async function launch(
  acts: readonly TestJob["act"][],
  options: {
    memoryMb?: number
    workers?: number
    stopGraceMs?: number
    onEvent?: (event: JobEvent, abort: AbortController) => void
  } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), "launch-"))
  const events: JobEvent[] = []
  const abort = new AbortController()
  try {
    const { memoryMb = 1000, workers = 2, stopGraceMs = 30_000 } = options
    await localLauncher({ workers, memoryMbPerWorker: memoryMb, crashRetries: 1, stopGraceMs }).launch({
      jobs: acts.map((act, i) => ({ id: `${i}-${act}`, payload: { act, log: join(folder, String(i)) } })),
      moduleUrl,
      signal: abort.signal,
      onEvent(event) {
        events.push(event)
        options.onEvent?.(event, abort)
      },
    })
    const processes = await Promise.all(
      acts.map(async (_, i) => {
        const log = await readFile(join(folder, String(i)), "utf8").catch(() => "")
        return log.split("\n").slice(0, -1)
      }),
    )
    return { events, processes, starts: processes.map(({ length }) => length) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const ends = (events: readonly JobEvent[]): string[] =>
  events
    .filter(({ kind }) => kind === "finished" || kind === "failed" || kind === "stopped")
    .map((event) => `${event.id} ${event.kind}${event.kind === "failed" ? ` ${event.cause}` : ""}`)
    .sort()

test("a failing job, a crashing worker and a good job are told apart, and the others continue", async () => {
  const { events, starts } = await launch(["throw", "crash", "crash-once", "finish"])
  assert.deepEqual(ends(events), [
    "0-throw failed failed",
    "1-crash failed crashed",
    "2-crash-once finished",
    "3-finish finished",
  ])
  assert.deepEqual(starts, [1, 2, 2, 1], "only crashes are tried again, once")
  const thrown = events.find((event) => event.kind === "failed" && event.cause === "failed")
  assert.ok(thrown?.kind === "failed" && thrown.message.includes("this job cannot succeed"))
})

test("a worker beyond its memory bound is ended and named", async () => {
  const { events, starts } = await launch(["eat-memory", "finish"], { memoryMb: 200 })
  assert.deepEqual(ends(events), ["0-eat-memory failed memory", "1-finish finished"])
  assert.deepEqual(starts, [1, 1])
})

test("an abort stops running jobs with their state saved and starts no other", async () => {
  const { events, starts } = await launch(["run-until-stopped", "run-until-stopped", "finish"], {
    onEvent: (event, abort) => {
      if (event.kind === "progress") abort.abort()
    },
  })
  assert.ok(ends(events).every((end) => end.endsWith("stopped")))
  assert.equal(starts[2], 0)
})

test("stopped is not failed: a worker that the stop itself kills, or that Ctrl-C reaches too early", async () => {
  const { events, starts } = await launch(["deaf", "deaf", "finish"], {
    stopGraceMs: 50,
    onEvent: (event, abort) => {
      if (event.kind === "progress") abort.abort()
    },
  })
  assert.ok(ends(events).length >= 1 && ends(events).every((end) => end.endsWith("stopped")), String(ends(events)))
  assert.equal(starts[2], 0)
  const interrupted = await launch(["interrupted"])
  assert.deepEqual(ends(interrupted.events), ["0-interrupted stopped"])
  assert.deepEqual(interrupted.starts, [1], "it is not tried again")
})

test("a process that finished a job takes the next; one whose job failed, or that holds much, does not", async () => {
  const { processes } = await launch(["finish", "finish", "throw", "finish", "crash-once", "finish"], { workers: 1 })
  const [first, second, thrown, fourth, crashed, last] = processes
  assert.deepEqual([second, thrown, crashed?.slice(0, 1), last], [first, first, fourth, crashed?.slice(1)])
  assert.equal(new Set(processes.flat()).size, 3)
  const small = await launch(["finish", "finish"], { workers: 1, memoryMb: 80 })
  assert.deepEqual([ends(small.events).length, new Set(small.processes.flat()).size], [2, 2])
})

test("a job that runs out of memory in a process with a past is tried in a fresh one before it fails", async () => {
  const { events, processes } = await launch(["finish", "eat-memory", "finish"], { workers: 1, memoryMb: 200 })
  assert.deepEqual(ends(events), ["0-finish finished", "1-eat-memory failed memory", "2-finish finished"])
  assert.deepEqual([processes[1]?.length, processes[1]?.[0]], [2, processes[0]?.[0]])
})

test("no jobs, no workers", async () => {
  assert.deepEqual((await launch([])).events, [])
})
