import assert from "node:assert/strict"
import { PassThrough } from "node:stream"
import { test } from "node:test"
import { terminalProgress } from "@sourceprint/cli/terminal-progress.js"

const collect = () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream
  let text = ""
  stream.on("data", (chunk) => {
    text += chunk
  })
  return { stream, read: () => text }
}

test("a log gets a plain line every ten seconds, with the time left and the note", async () => {
  const { stream, read } = collect()
  let nowMs = 0
  const progress = terminalProgress(stream, { nowMs: () => nowMs, monotonicMs: () => nowMs })
  progress.start(4, "jobs")
  progress.update(0.1, "epoch 1")
  nowMs = 20_000
  progress.update(1, "epoch 2")
  nowMs = 25_000
  progress.update(1.5, "epoch 3")
  nowMs = 80_000
  progress.update(4)
  progress.stop()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(read(), "1/4 jobs · 1 min 00 s left · epoch 2\n4/4 jobs · 0 s left\n")
})

test("a terminal gets one bar with counts and unit", async () => {
  const { stream, read } = collect()
  Object.assign(stream, { isTTY: true, columns: 120, cursorTo: () => true, clearLine: () => true })
  const progress = terminalProgress(stream)
  progress.start(4, "jobs")
  progress.update(2, "epoch 3")
  progress.stop()
  await new Promise((resolve) => setImmediate(resolve))
  assert.match(read(), /0\/4 jobs/)
})
