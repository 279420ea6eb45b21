import assert from "node:assert/strict"
import { test } from "node:test"
import { matcherOf, readHistory } from "@sourceprint/protocol/chat/chat-history.js"
import { put } from "@sourceprint/protocol/chat/chat-storage.js"
import { type ChatEntry, chatEntry, chatKey } from "@sourceprint/protocol/chat/room/room-record.js"
import fc from "fast-check"
import { MemoryDisk } from "../../support/memory-chat-storage.js"

const roomId = "a".repeat(32)
const entry = (seq: number, text: string, quiet = false): ChatEntry => ({
  seq,
  id: seq.toString(16).padStart(32, "0"),
  sender: { accountId: roomId, name: "Ada", clientId: roomId },
  timeMs: seq,
  sentAtMs: seq,
  body: quiet ? { type: "quiet" } : { type: "text", text },
})

test("pages of a history with gaps and quiet items are those of the plain list", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat({ max: 3_000 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat({ max: 3_100 }),
      async (numbers, limit, before) => {
        const storage = new MemoryDisk().open()
        const entries = numbers.map((n) => entry(n + 1, `t${n}`, n % 5 === 0)).sort((a, b) => a.seq - b.seq)
        await storage.write(
          entries.map((one) => put(chatKey.message(roomId, one.seq), chatEntry.encode(one))),
          [],
        )
        const shown = entries.filter(({ seq, body }) => seq < before && body.type !== "quiet")
        assert.deepEqual(
          (await readHistory(storage, roomId, 1, before, limit)).map(({ seq }) => seq),
          shown.slice(-limit).map(({ seq }) => seq),
        )
      },
    ),
    { numRuns: 60, seed: 7 },
  )
})

test("an entry round-trips; what is none decodes to nothing", () => {
  const one = entry(7, "hello")
  const bytes = chatEntry.encode(one)
  assert.deepEqual(chatEntry.decode(bytes), structuredClone(one))
  for (let cut = 0; cut < bytes.length; cut++) assert.equal(chatEntry.decode(bytes.subarray(0, cut)), undefined)
})

test("a search wants every word, in any case, with or without accents", () => {
  const finds = (query: string, text: string): boolean => matcherOf(query)(entry(1, text))
  assert.ok(finds("löwe SCHLÄFT", "Der Lowe schlaft"))
  assert.ok(finds("ＡＢＣ", "abc"))
  assert.ok(!finds("lion sleeps", "the lion wakes"))
  assert.ok(!finds("", "anything"))
})
