import assert from "node:assert/strict"
import { test } from "node:test"
import { PacedLine } from "@sourceprint/capture/fingerprint/twin/device/paced-line.js"
import { Rng } from "@sourceprint/core/rng.js"

/** A clock whose timers are late by up to `latestMs`. */
function lateClock(rng: Rng, latestMs: number) {
  let time = 1000
  let next: { atMs: number; run: () => void } | undefined
  return {
    clock: {
      nowMs: () => time,
      after(delayMs: number, run: () => void) {
        const timer = { atMs: time + delayMs + rng.between(0, latestMs), run }
        next = timer
        return () => {
          if (next === timer) next = undefined
        }
      },
    },
    /** Until nothing waits. @returns when that was, ms */
    runAll(): number {
      while (next !== undefined) {
        const { atMs, run } = next
        next = undefined
        time = Math.max(time, atMs)
        run()
      }
      return time
    },
  }
}

test(
  "a burst takes its line time however late the timers are; no chunk leaves before its last byte would " +
    "have arrived",
  () => {
    for (const latestMs of [0, 3, 50]) {
      const { clock, runAll } = lateClock(new Rng(`late ${latestMs}`), latestMs)
      const sentAtMs: number[] = []
      const end = { send: () => void sentAtMs.push(clock.nowMs()), unplug: () => {} }
      const line = new PacedLine(end, () => 115_200, clock)
      const chunkMs = (267 * 10_000) / 115_200
      line.push(Array.from({ length: 144 }, () => ({ does: "send", bytes: new Uint8Array(267) })))
      const endMs = runAll()
      assert.equal(sentAtMs.length, 144)
      for (const [i, atMs] of sentAtMs.entries()) {
        const dueMs = 1000 + (i + 1) * chunkMs
        assert.ok(atMs >= dueMs - 0.2 && atMs <= dueMs + 1 + latestMs, `chunk ${i}: ${atMs} ms, due at ${dueMs}`)
      }
      assert.ok(endMs - 1000 <= 144 * chunkMs + 1 + latestMs)
    }
  },
)

test("a pause holds what follows it, and what is cleared is never sent", () => {
  const { clock, runAll } = lateClock(new Rng("pause"), 0)
  const sentAtMs: number[] = []
  const line = new PacedLine(
    { send: () => void sentAtMs.push(clock.nowMs()), unplug: () => {} },
    () => undefined,
    clock,
  )
  line.push([
    { does: "pause", ms: 40 },
    { does: "send", bytes: new Uint8Array(1) },
  ])
  runAll()
  assert.deepEqual(sentAtMs, [1040])
  line.push([
    { does: "pause", ms: 40 },
    { does: "send", bytes: new Uint8Array(1) },
  ])
  line.clear()
  runAll()
  assert.deepEqual(sentAtMs, [1040])
})
