import assert from "node:assert/strict"
import { test } from "node:test"
import { FlightWindow, MAX_CHUNKS_IN_FLIGHT } from "@sourceprint/protocol/files/flight-window.js"

test("quick chunks open the window to its most, slow ones close it to one, failures leave it", async () => {
  let nowMs = 0
  const window = new FlightWindow(() => nowMs)
  const take = (ms: number) =>
    window.timed(() => {
      nowMs += ms
      return Promise.resolve(ms)
    })
  assert.equal(window.size, 2)
  for (let i = 0; i < 20; i++) assert.equal(await take(10), 10)
  assert.equal(window.size, MAX_CHUNKS_IN_FLIGHT)
  await take(2_000)
  assert.equal(window.size, MAX_CHUNKS_IN_FLIGHT)
  await assert.rejects(window.timed(() => Promise.reject(new Error("lost"))))
  assert.equal(window.size, MAX_CHUNKS_IN_FLIGHT)
  for (let i = 0; i < 20; i++) await take(10_000)
  assert.equal(window.size, 1)
})
