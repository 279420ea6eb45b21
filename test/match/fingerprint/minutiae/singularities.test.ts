import assert from "node:assert/strict"
import { test } from "node:test"
import type { OrientationField } from "@sourceprint/match/fingerprint/minutiae/orientation-field.js"
import { cellPx } from "@sourceprint/match/fingerprint/minutiae/parameters.js"
import { singularities } from "@sourceprint/match/fingerprint/minutiae/singularities.js"

/** The zero-pole flow of Sherlock and Monro (1993): half the angle to each core minus half the angle to each delta. */
function flow(cores: readonly [number, number][], deltas: readonly [number, number][]): OrientationField {
  const [width, height] = [40, 40]
  const cos = new Float32Array(width * height)
  const sin = new Float32Array(width * height)
  for (let i = 0; i < width * height; i++) {
    const at = ([x, y]: readonly [number, number]): number => Math.atan2(Math.floor(i / width) - y, (i % width) - x)
    const doubled = cores.reduce((sum, p) => sum + at(p), 0) - deltas.reduce((sum, p) => sum + at(p), 0)
    cos[i] = Math.cos(doubled)
    sin[i] = Math.sin(doubled)
  }
  return { cos: { width, height, values: cos }, sin: { width, height, values: sin } }
}

const everywhere = new Uint8Array(1600).fill(1)
const cellOf = (px: number): number => px / cellPx - 0.5

test("cores and deltas are found where the flow has them", () => {
  const field = flow(
    [
      [12.3, 10.6],
      [20.7, 14.2],
    ],
    [
      [9.4, 30.5],
      [30.6, 29.3],
    ],
  ) // a whorl
  const found = singularities(field, everywhere)
  const near = (kind: string, x: number, y: number) =>
    found.some((s) => s.kind === kind && Math.hypot(cellOf(s.x) - x, cellOf(s.y) - y) < 1.5)
  assert.equal(found.length, 4)
  assert.ok(near("core", 12.3, 10.6) && near("core", 20.7, 14.2))
  assert.ok(near("delta", 9.4, 30.5) && near("delta", 30.6, 29.3))
})

test("even flow has none, and nothing is found outside the mask", () => {
  assert.deepEqual(singularities(flow([], []), everywhere), [])
  assert.deepEqual(singularities(flow([[12.3, 10.6]], []), new Uint8Array(1600)), [])
})
