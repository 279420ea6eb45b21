import assert from "node:assert/strict"
import { test } from "node:test"
import { queueProgress } from "@sourceprint/serve/web/chat/queue-progress.js"
import { longQueue } from "../../../../bench/prove/pages/long-queue.js"
import { withoutChromium } from "../../../support/chromium.js"

const MESSAGES = 150

test("a long queue is sent in order, is said truly, and costs a bounded page", { skip: withoutChromium }, async () => {
  const { delivered, inOrder, mostRows, said } = await longQueue(
    { messages: MESSAGES, mostSeconds: Number.POSITIVE_INFINITY },
    () => {},
  )
  assert.deepEqual({ delivered, inOrder }, { delivered: MESSAGES, inOrder: true })
  assert.ok(mostRows <= 240 + 60, `${mostRows} rows`)
  const told = said.map((text) => /^Sending (\d+) of (\d+)…$/.exec(text)?.slice(1).map(Number) ?? [])
  assert.ok(told.length > 0)
  for (const [n = 0, m = 0] of told) assert.ok(n >= 1 && n <= m && m <= MESSAGES, said.join())
})

test("n of m counts from when the queue was last empty", () => {
  const ids = (...all: number[]) => all.map((id) => ({ id: String(id) }))
  const first = queueProgress(undefined, [], ids(1, 2, 3))
  assert.deepEqual(first, { done: 0, total: 3 })
  const second = queueProgress(first, ids(1, 2, 3), ids(2, 3, 4))
  assert.deepEqual(second, { done: 1, total: 4 })
  assert.equal(queueProgress(second, ids(2, 3, 4), []), undefined)
})
