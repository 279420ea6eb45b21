import assert from "node:assert/strict"
import { test } from "node:test"
import { delay, within } from "@sourceprint/core/async/delay.js"
import { keepConnected } from "@sourceprint/core/async/keep-connected.js"
import { poll } from "@sourceprint/core/async/poll.js"
import { backOffMs, withRetry } from "@sourceprint/core/async/with-retry.js"

test("a delay ends with its time or its signal, an aborted one at once", async () => {
  await delay(1)
  const stop = new AbortController()
  const long = delay(1e9, stop.signal)
  stop.abort()
  await long
  await delay(1e9, stop.signal)
})

test("work that takes too long gives what was set for that; its failure stays one", async () => {
  assert.equal(await within(Promise.resolve(1), 1e9, "late"), 1)
  assert.equal(await within(new Promise(() => {}), 1, "late"), "late")
  await assert.rejects(within(Promise.reject(new Error("no")), 1e9, "late"), /no/)
})

test("a poll gives what it finds, or undefined in the end", async () => {
  let looks = 0
  const look = () => ++looks >= 3 && "found"
  assert.equal(await poll(look, { everyMs: 1, withinMs: 1e9 }), "found")
  assert.equal(looks, 3)
  assert.equal(await poll(() => false, { everyMs: 1, withinMs: 3 }), undefined)
})

test("pauses double up to the longest, and jitter only shortens them", () => {
  const waits = [0, 1, 2, 3, 9].map((failures) => backOffMs(failures, { firstMs: 100, longestMs: 450 }))
  assert.deepEqual(waits, [100, 200, 400, 450, 450])
  assert.equal(backOffMs(5, { firstMs: 100 }), 100)
  for (let i = 0; i < 100; i++) {
    const waitMs = backOffMs(1, { firstMs: 100, longestMs: 1000, jitter: 0.5 })
    assert.ok(waitMs > 100 && waitMs <= 200)
  }
})

function failing(times: number, error = new Error("no")) {
  let left = times
  return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve("done"))
}

test("an attempt is repeated until it succeeds, cannot pass, or its caller gives up", async () => {
  const waits: number[] = []
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms))
  assert.equal(await withRetry(failing(3), { firstMs: 10, longestMs: 20, sleep }), "done")
  assert.deepEqual(waits, [10, 20, 20])
  await assert.rejects(withRetry(failing(1), { firstMs: 10, mayPass: () => false, sleep }), /no/)
  const onFailure = (_error: unknown, failures: number): void => {
    if (failures === 2) throw new Error("enough")
  }
  await assert.rejects(withRetry(failing(9), { firstMs: 10, onFailure, sleep }), /enough/)
})

test("an aborted retry throws the signal's reason, also out of its pause", async () => {
  const stop = new AbortController()
  const waiting = withRetry(failing(9), { firstMs: 1e9, signal: stop.signal })
  setImmediate(() => stop.abort(new Error("stopped")))
  await assert.rejects(waiting, /stopped/)
})

test("a lost connection is made again, with short pauses after a good one", async () => {
  const stop = new AbortController()
  const waits: number[] = []
  const ends = ["fails", "fails", "holds", "ends"]
  const lost: unknown[] = []
  await keepConnected(
    async (connected) => {
      const end = ends.shift()
      await Promise.resolve()
      if (end === "fails") throw new Error("no")
      if (end === "holds") connected()
      if (end === undefined) stop.abort()
    },
    {
      firstMs: 10,
      longestMs: 1000,
      steadyMs: 0,
      signal: stop.signal,
      sleep: (ms) => Promise.resolve(void waits.push(ms)),
      onLost: (error, _waitMs, losses) => lost.push([error instanceof Error, losses]),
    },
  )
  assert.deepEqual(waits, [10, 20, 10, 20])
  assert.deepEqual(lost, [
    [true, 1],
    [true, 2],
    [false, 1],
    [false, 2],
  ])
})

test("what another connection cannot repair is thrown, and nothing once it was stopped", async () => {
  const stop = new AbortController()
  const options = { firstMs: 1, steadyMs: 0, signal: stop.signal, mayPass: () => false }
  const broken = () => Promise.reject(new Error("no"))
  await assert.rejects(keepConnected(broken, options), /no/)
  stop.abort()
  await keepConnected(broken, options)
})
