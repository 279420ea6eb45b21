import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { contextualFilter } from "@sourceprint/match/fingerprint/minutiae/contextual-filter.js"
import { cellPx } from "@sourceprint/match/fingerprint/minutiae/parameters.js"
import { type Plane, plane } from "@sourceprint/match/fingerprint/minutiae/plane.js"

/** Vertical ridges of the given period with noise, and the maps that say so. */
function verticalRidges(width: number, height: number, periodPx: number) {
  const rng = new Rng(7)
  const image = plane(width, height)
  for (let i = 0; i < image.values.length; i++) {
    image.values[i] = Math.cos((2 * Math.PI * (i % width)) / periodPx) + 0.4 * (rng.float() - 0.5)
  }
  const [cols, rows] = [Math.ceil(width / cellPx), Math.ceil(height / cellPx)]
  const constant = (value: number): Plane => ({
    ...plane(cols, rows),
    values: new Float32Array(cols * rows).fill(value),
  })
  return {
    image,
    field: { cos: constant(-1), sin: constant(0) },
    period: constant(periodPx),
    foreground: new Uint8Array(cols * rows).fill(1),
  }
}

test("cells of one to three pixels at the right edge are filtered, the others as in a wider image", () => {
  const whole = verticalRidges(96, 40, 9)
  const full = contextualFilter(whole.image, whole.field, whole.period, whole.foreground)
  for (const width of [93, 94, 95]) {
    const cut = plane(width, 40)
    for (let i = 0; i < cut.values.length; i++) {
      cut.values[i] = whole.image.values[Math.floor(i / width) * 96 + (i % width)]
    }
    const got = contextualFilter(cut, whole.field, whole.period, whole.foreground)
    for (let y = 0; y < 40; y++) {
      for (let x = 0; x < 96 - 40; x++) assert.equal(got.values[y * width + x], full.values[y * 96 + x])
      // the filter reads past the cut: of the last columns only that they were filtered
      assert.ok(got.values.subarray(y * width + width - 4, (y + 1) * width).every((v) => v !== 0))
    }
  }
})

test("ridges keep their amplitude and lose their noise; cells outside the foreground stay 0", () => {
  const { image, field, period, foreground } = verticalRidges(97, 64, 9)
  foreground[0] = 0
  const result = contextualFilter(image, field, period, foreground)
  assert.equal(result.values[0], 0)
  for (let x = 30; x < 66; x++) {
    const clean = Math.cos((2 * Math.PI * x) / 9)
    assert.ok(Math.abs(result.values[32 * 97 + x] - clean) < 0.12, `column ${x}`)
  }
})
