import assert from "node:assert/strict"
import { test } from "node:test"
import { nextRun } from "@sourceprint/protocol/chat/room/apply-run.js"
import type { ChatItem } from "@sourceprint/protocol/chat/wire.js"
import fc from "fast-check"

const kind = fc.constantFrom("message" as const, "message" as const, "commit" as const, "welcome" as const)
const items = fc.array(fc.record({ kind, step: fc.constantFrom(1, 1, 1, 2) }), { maxLength: 100 }).map((steps) => {
  let seq = 0
  return steps.map(({ kind, step }): ChatItem => {
    seq += step
    return { seq, kind, sender: "", epoch: 0, id: "", timeMs: 0, bytes: new Uint8Array(0) }
  })
})

test("runs cover the items in order; a run is messages without a gap, at most 32, or one item", () => {
  fc.assert(
    fc.property(items, (all) => {
      let rest: readonly ChatItem[] = all
      while (rest.length > 0) {
        const run = nextRun(rest)
        assert.ok(run.length >= 1 && run.length <= 32)
        assert.deepEqual(run, rest.slice(0, run.length))
        for (const [k, { seq, kind }] of run.entries()) {
          assert.equal(seq, run[0].seq + k)
          assert.ok(run.length === 1 || kind === "message")
        }
        const next = rest[run.length]
        const longer = next !== undefined && next.kind === "message" && run[0].kind === "message"
        assert.ok(!longer || next.seq !== run[0].seq + run.length || run.length === 32, "it stopped too early")
        rest = rest.slice(run.length)
      }
      assert.deepEqual(nextRun([]), [])
    }),
    { numRuns: 300, seed: 7 },
  )
})
