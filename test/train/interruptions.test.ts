import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { noteInterruption, readInterruptions } from "@sourceprint/train/interruptions.js"

test("interruptions are kept by job in their order; one that is told again stays one", async () => {
  const run = await mkdtemp(join(tmpdir(), "interruptions-"))
  try {
    assert.deepEqual(await readInterruptions(run), [])
    const one = {
      cause: "timeout",
      message: "its time limit was near",
      occurrence: "slurm 1/0",
      from: "checkpoint",
    } as const
    const two = { ...one, cause: "node", occurrence: "slurm 2/0/restart 1", from: "none" } as const
    const now = new Date(0)
    await noteInterruption(run, "b", one, now)
    await noteInterruption(run, "b", one, new Date(1))
    await noteInterruption(run, "b", two, now)
    await noteInterruption(run, "a", { ...one, from: "beginning" }, now)
    const noted = await readInterruptions(run)
    assert.deepEqual(
      noted.map(({ cell: job, cause, next }) => [job, cause, next]),
      [
        ["a", "timeout", "beginning"],
        ["b", "timeout", "checkpoint"],
        ["b", "node", "none"],
      ],
    )
    assert.equal(noted[1].noticedAt, "1970-01-01T00:00:00.000Z")
  } finally {
    await rm(run, { recursive: true })
  }
})
