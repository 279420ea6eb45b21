import assert from "node:assert/strict"
import { test } from "node:test"
import type { ChatEntry } from "@sourceprint/protocol/chat/room/room-record.js"
import { type HistoryReader, HistoryWindow } from "@sourceprint/serve/web/chat/history-window.js"
import fc from "fast-check"

const entry = (seq: number, accountId = "b"): ChatEntry => ({
  seq,
  id: String(seq).padStart(32, "0"),
  sender: { accountId, name: "Bob", clientId: "b" },
  timeMs: seq,
  sentAtMs: seq,
  body: { type: "text", text: String(seq) },
})

const readerOf = (all: readonly ChatEntry[]): HistoryReader => ({
  before: (seq, limit) => Promise.resolve(all.filter((one) => seq === undefined || one.seq < seq).slice(-limit)),
  after: (seq, limit) => Promise.resolve(all.filter((one) => one.seq > seq).slice(0, limit)),
})

test("the window is always one stretch of the history, bounded, and says truly whether there is more", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 900 }),
      fc.array(fc.constantFrom("older", "newer", "newest", "around", "append"), { maxLength: 25 }),
      fc.infiniteStream(fc.nat()),
      async (size, steps, numbers) => {
        const all = Array.from({ length: size }, (_, n) => entry(2 * n + 1)) // with gaps, as a room has
        const window = new HistoryWindow(readerOf(all))
        await window.toNewest()
        for (const step of steps) {
          if (step === "older") await window.loadOlder()
          else if (step === "newer") await window.loadNewer()
          else if (step === "newest") await window.toNewest()
          else if (step === "around") await window.around(numbers.next().value % (2 * size + 1))
          else {
            all.push(entry(2 * all.length + 1))
            window.append(all[all.length - 1], true)
          }
          const held = window.entries.value
          assert.ok(held.length <= 240, `${held.length} held`)
          if (held.length === 0) continue
          const at = all.indexOf(held[0])
          assert.deepEqual(held, all.slice(at, at + held.length))
          if (at > 0) assert.ok(window.hasOlder.value, "older")
          if (at + held.length < all.length) assert.ok(window.hasNewer.value, "newer")
        }
      },
    ),
    { numRuns: 60 },
  )
})
