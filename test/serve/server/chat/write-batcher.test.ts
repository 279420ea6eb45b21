import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { OtherServers } from "@sourceprint/serve/server/chat/other-servers.js"
import { decodeNotice, encodeNotice, type ServerNotice } from "@sourceprint/serve/server/chat/server-notice.js"
import { TokenBucket, TokenBuckets } from "@sourceprint/serve/server/chat/token-bucket.js"
import { WriteBatcher } from "@sourceprint/serve/server/chat/write-batcher.js"
import { payloads } from "@sourceprint/serve/store/chat/chat-notices.js"
import type { RoomOperation } from "@sourceprint/serve/store/chat/chat-store.js"

const ack = (seq: number): RoomOperation => ({ op: "ack", roomId: "r", clientId: "c", seq })
const seqOf = (operation: RoomOperation): number => (operation.op === "ack" ? operation.seq : 0)
const noRest = (): Promise<void> => Promise.resolve()

test("what is asked for together is written together, in order, and each gets its own outcome", async () => {
  const batches: number[][] = []
  const batcher = new WriteBatcher((operations) => {
    batches.push(operations.map(seqOf))
    return Promise.resolve(operations.map((operation) => ({ is: "acked", before: 0, seq: seqOf(operation) })))
  }, noRest)
  const first = await Promise.all(Array.from({ length: 100 }, (_, i) => batcher.write(ack(i))))
  assert.deepEqual(
    first.map((outcome) => outcome.is === "acked" && outcome.seq),
    Array.from({ length: 100 }, (_, i) => i),
  )
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [64, 36],
  )
  assert.deepEqual(
    batches.flat(),
    Array.from({ length: 100 }, (_, i) => i),
  )
  await batcher.write(ack(7))
  assert.equal(batches.length, 3)
  await batcher.idle()
})

test("an operation that comes in the very moment when the batcher falls idle is not forgotten", async () => {
  for (let turns = 0; turns < 20; turns++) {
    const batcher = new WriteBatcher((operations) => Promise.resolve(operations.map(() => ({ is: "done" }))), noRest)
    await batcher.write(ack(1))
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    let timer: NodeJS.Timeout | undefined
    const forgotten = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve("forgotten"), 2000)
    })
    const outcome = await Promise.race([batcher.write(ack(2)), forgotten])
    clearTimeout(timer)
    assert.deepEqual(outcome, { is: "done" }, `${turns} turns later`)
  }
})

test("one operation that cannot be written does not take the others with it", async () => {
  const batcher = new WriteBatcher((operations) => {
    if (operations.some((operation) => seqOf(operation) === 3)) return Promise.reject(new Error("three"))
    return Promise.resolve(operations.map((operation) => ({ is: "acked", before: 0, seq: seqOf(operation) })))
  }, noRest)
  const results = await Promise.allSettled([1, 2, 3, 4].map((seq) => batcher.write(ack(seq))))
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  )
})

test("a bucket lets a burst through, then so many a second, then says how long to wait", () => {
  const bucket = new TokenBucket(2, 3, 0)
  assert.deepEqual(
    [0, 0, 0].map((now) => bucket.take(now, 0)),
    [0, 0, 0],
  )
  assert.equal(bucket.take(0, 499), undefined)
  assert.equal(bucket.take(0, 500), 500)
  assert.equal(bucket.take(500, 0), undefined) // that half second is spoken for
  assert.equal(bucket.take(1000, 0), 0)
  assert.equal(bucket.isFull(1000), false)
  assert.equal(bucket.isFull(2500), true)
  const buckets = new TokenBuckets(1, 1)
  assert.deepEqual([buckets.take("a", 0, 0), buckets.take("b", 0, 0), buckets.take("a", 0, 0)], [0, 0, undefined])
  buckets.forget(1000)
  assert.equal(buckets.take("a", 1000, 0), 0)
})

test("notices between servers come through as they were, and nothing else does", () => {
  const id = "0123456789abcdef0123456789abcdef"
  const notices: ServerNotice[] = [
    { about: "signal", roomId: id, clientId: id, bytes: utf8("sealed\u0000 bytes") },
    { about: "delivered", roomId: id, clientId: id, before: 3, seq: 9 },
    { about: "presence", accountId: id, online: true },
    { about: "presence", accountId: id, online: false },
    { about: "packages", clientId: id, left: 7 },
  ]
  for (const notice of notices) assert.deepEqual(decodeNotice(encodeNotice(notice)), notice)
  for (const strange of ["", "x", "s a b", "s a b *", "d a b 1", "d a b 1 -1", "k a 1e3", "p a"]) {
    assert.equal(decodeNotice(strange), undefined, strange)
  }
})

test("however much is to be said, each notification is short enough for PostgreSQL and nothing is left out", () => {
  const rooms = Array.from({ length: 500 }, (_, i) => `room-${i}`.padEnd(32, "x"))
  const texts = Array.from({ length: 40 }, (_, i) => `${i} ${"é".repeat(700)}`)
  const packed = payloads("me", { rooms, added: ["client"], texts })
  for (const payload of packed) assert.ok(Buffer.byteLength(payload) < 8000, `${Buffer.byteLength(payload)} bytes`)
  const said = packed.map((payload) => JSON.parse(payload))
  assert.deepEqual(
    said.flatMap((one) => one.rooms),
    rooms,
  )
  assert.deepEqual(
    said.flatMap((one) => one.added),
    ["client"],
  )
  assert.deepEqual(
    said.flatMap((one) => one.texts),
    texts,
  )
  assert.deepEqual(payloads("me", { rooms: [], added: [], texts: [] }), [])
})

test("a notice that cannot be told is reported, and the next ones are told", async () => {
  const said: string[][] = []
  let broken = true
  const failures: unknown[] = []
  const others = new OtherServers(
    {
      announce: (texts) => {
        if (broken) return Promise.reject(new Error("away"))
        said.push([...texts])
        return Promise.resolve()
      },
    },
    (error) => failures.push(error),
  )
  others.tell({ about: "presence", accountId: "a", online: true })
  await others.flush()
  assert.equal(failures.length, 1)
  broken = false
  others.tell({ about: "presence", accountId: "a", online: true })
  others.tell({ about: "packages", clientId: "c", left: 1 })
  await others.flush()
  assert.deepEqual(said, [["p a 1", "k c 1"]])
})
