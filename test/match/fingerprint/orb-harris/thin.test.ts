import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { thin } from "@sourceprint/match/fingerprint/orb-harris/thin.js"

/** How many 8-connected pieces of ridge there are. */
function pieces(ridges: Uint8Array, width: number): number {
  const left = new Set([...ridges.keys()].filter((at) => ridges[at] !== 0))
  let count = 0
  for (const seed of left) {
    count++
    const stack = [seed]
    left.delete(seed)
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const dy of [-width, 0, width]) {
        for (const dx of [-1, 0, 1]) if (left.delete(at + dy + dx)) stack.push(at + dy + dx)
      }
    }
  }
  return count
}

test("a thick bar becomes a line in its middle", () => {
  const [width, height] = [30, 11]
  const bar = new Uint8Array(width * height)
  for (let y = 3; y < 8; y++) bar.fill(255, y * width + 4, y * width + 26)
  thin(bar, width, height)
  for (let x = 8; x < 22; x++) {
    const column = Array.from({ length: height }, (_, y) => (bar[y * width + x] === 0 ? 0 : 1))
    assert.equal(
      column.reduce<number>((a, b) => a + b, 0),
      1,
    )
    assert.equal(column.indexOf(1), 5)
  }
})

test("blobs stay in one piece, and thinning twice changes nothing", () => {
  const rng = new Rng("thin")
  const [width, height] = [40, 40]
  for (let round = 0; round < 20; round++) {
    const ridges = new Uint8Array(width * height)
    for (let blob = 0; blob < 6; blob++) {
      const [x0, y0, w, h] = [2 + rng.below(25), 2 + rng.below(25), 3 + rng.below(9), 3 + rng.below(9)]
      for (let y = y0; y < y0 + h; y++) ridges.fill(255, y * width + x0, y * width + x0 + w)
    }
    const before = pieces(ridges, width)
    thin(ridges, width, height)
    assert.equal(pieces(ridges, width), before)
    const once = ridges.slice()
    thin(ridges, width, height)
    assert.deepEqual(ridges, once)
  }
})
