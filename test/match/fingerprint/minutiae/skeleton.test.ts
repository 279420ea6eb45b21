import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { crossingNumber, deletable, neighbourOffsets, thin } from "@sourceprint/match/fingerprint/minutiae/skeleton.js"

const width = 48
const height = 40

function blobs(seed: number): Uint8Array {
  const rng = new Rng(seed)
  const pixels = new Uint8Array(width * height)
  for (let k = 0; k < 14; k++) {
    const [cx, cy, rx, ry] = [rng.below(width), rng.below(height), 2 + rng.below(9), 2 + rng.below(4)]
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1) pixels[y * width + x] = 1
      }
    }
  }
  return pixels
}

/** The same algorithm over the whole image, straight from its definition. */
function slowThin(ridges: Uint8Array): Uint8Array {
  const pixels = Uint8Array.from(ridges)
  for (let changed = true; changed; ) {
    changed = false
    for (const odd of [false, true]) {
      const before = Uint8Array.from(pixels)
      for (let i = 0; i < pixels.length; i++) {
        if (before[i] === 0) continue
        const bits = Array.from(neighbourOffsets(width), (o, k) => before[i + o] << k).reduce((a, b) => a | b, 0)
        if (!deletable(bits, odd)) continue
        pixels[i] = 0
        changed = true
      }
    }
  }
  return pixels
}

/** Connected parts: 8-connected for 1, 4-connected for 0. */
function parts(pixels: Uint8Array, value: number): number {
  const seen = new Uint8Array(pixels.length)
  let count = 0
  const steps =
    value === 1 ? [-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1] : [-1, 1, -width, width]
  for (let start = 0; start < pixels.length; start++) {
    if (pixels[start] !== value || seen[start] === 1) continue
    count++
    const stack = [start]
    seen[start] = 1
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const step of steps) {
        const next = at + step
        if (next < 0 || next >= pixels.length || Math.abs((next % width) - (at % width)) > 1) continue
        if (pixels[next] === value && seen[next] === 0) {
          seen[next] = 1
          stack.push(next)
        }
      }
    }
  }
  return count
}

test("thinning equals the slow definition, keeps every part and every hole", () => {
  for (let seed = 0; seed < 30; seed++) {
    const ridges = blobs(seed)
    const { pixels } = thin(width, height, ridges)
    assert.deepEqual(pixels, slowThin(ridges))
    assert.equal(parts(pixels, 1), parts(ridges, 1), `parts, seed ${seed}`)
    assert.equal(parts(pixels, 0), parts(ridges, 0), `holes, seed ${seed}`)
  }
})

test("crossing numbers of a line, its end and a fork", () => {
  const draw = ["......", ".#..#.", "..##..", "..#...", "..#...", "......"]
  const pixels = Uint8Array.from([...draw.join("")].map((c) => (c === "#" ? 1 : 0)))
  const skeleton = { width: 6, height: 6, pixels }
  assert.equal(crossingNumber(skeleton, 4 * 6 + 2), 1)
  assert.equal(crossingNumber(skeleton, 3 * 6 + 2), 2)
  assert.equal(crossingNumber(skeleton, 2 * 6 + 2), 3)
})
