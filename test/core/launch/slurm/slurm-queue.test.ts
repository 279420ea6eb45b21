import assert from "node:assert/strict"
import { test } from "node:test"
import {
  causeOf,
  isHeld,
  isLive,
  parseSacct,
  parseSqueue,
  sacctArguments,
} from "@sourceprint/core/launch/slurm/slurm-queue.js"

/** Captured from `squeue --noheader --array --states=all --format=%j|%F|%K|%T|%r` of Slurm 22.05.8; the task of another
 *  moment that has failed is added. */
const SQUEUE = `sourceprint-a|5|2|PENDING|Resources
sourceprint-a|5|3|PENDING|launch failed requeued held
single|6|N/A|PENDING|None
sourceprint-a|5|0|RUNNING|None
sourceprint-a|5|1|FAILED|NonZeroExitCode
`

test("squeue: array tasks only, pending ones too; what is not ended may still run", () => {
  const tasks = parseSqueue(SQUEUE)
  assert.deepEqual(
    tasks.map(({ jobId, index, state }) => [jobId, index, state]),
    [
      ["5", 2, "PENDING"],
      ["5", 3, "PENDING"],
      ["5", 0, "RUNNING"],
      ["5", 1, "FAILED"],
    ],
  )
  assert.deepEqual(tasks.map(isLive), [true, true, true, false])
  assert.deepEqual(tasks.map(isHeld), [false, true, false, false])
  assert.deepEqual(parseSqueue(""), [])
  const odd = { jobName: "a", jobId: "1", index: 0, state: "A_STATE_OF_A_LATER_VERSION" }
  assert.ok(isLive(odd), "an unknown state never starts a job twice")
})

test("sacct: the parsable rows of sacct(1), with the user that cancelled", () => {
  const text = "sourceprint-a|7_0|NODE_FAIL\nsourceprint-a|7_1|CANCELLED by 1000\nsourceprint-a|7_[2-9]|PENDING\n"
  assert.deepEqual(
    parseSacct(text).map(({ index, state }) => [index, state, causeOf(state)]),
    [
      [0, "NODE_FAIL", "node"],
      [1, "CANCELLED", "cancelled"],
    ],
  )
  assert.deepEqual(parseSacct("Slurm accounting storage is disabled"), [])
})

test("sacct is asked from the beginning of the array on, in the time of the place", () => {
  const zone = process.env.TZ
  try {
    process.env.TZ = "America/Los_Angeles"
    const from = sacctArguments(["a", "b"], new Date("2026-11-22T03:20:00Z"))
    // an hour before, for clocks that differ
    assert.ok(from.includes("--starttime=2026-11-21T18:20:00"), from.join(" "))
    assert.ok(from.includes("--name=a,b"))
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
})

test("causes: the cluster's doing is told apart from a crash", () => {
  const states = ["OUT_OF_MEMORY", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "CANCELLED", "FAILED", undefined]
  assert.deepEqual(states.map(causeOf), ["memory", "timeout", "node", "preempted", "cancelled", "crashed", "crashed"])
})
