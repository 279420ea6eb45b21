import assert from "node:assert/strict"
import { test } from "node:test"
import { gaussianBlur } from "@sourceprint/capture/fingerprint/twin/gaussian-blur.js"
import { pixelNoise } from "@sourceprint/capture/fingerprint/twin/portable-math.js"
import { smoothNoise } from "@sourceprint/capture/fingerprint/twin/smooth-noise.js"
import { Rng } from "@sourceprint/core/rng.js"

/** The definition, one pixel at a time, edges repeated. */
function blurSlowly(field: Float32Array, width: number, height: number, sigmaPx: number): number[] {
  const radius = Math.ceil(3 * sigmaPx)
  return Array.from(field, (_, i) => {
    let sum = 0
    let weights = 0
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const x = Math.min(width - 1, Math.max(0, (i % width) + dx))
        const y = Math.min(height - 1, Math.max(0, Math.floor(i / width) + dy))
        const weight = Math.exp(-(dx * dx + dy * dy) / (2 * sigmaPx * sigmaPx))
        sum += weight * field[y * width + x]
        weights += weight
      }
    }
    return sum / weights
  })
}

test("the two-pass blur is the Gaussian blur", () => {
  const rng = new Rng(9)
  const field = Float32Array.from({ length: 23 * 17 }, () => pixelNoise(rng))
  for (const sigmaPx of [0.4, 1.3]) {
    const slow = blurSlowly(field, 23, 17, sigmaPx)
    gaussianBlur(field, 23, 17, sigmaPx).forEach((value, i) => {
      assert.ok(Math.abs(value - slow[i]) < 1e-6)
    })
  }
  assert.deepEqual(gaussianBlur(field, 23, 17, 0), field)
})

test("smooth noise has deviation about 1 and changes little from pixel to pixel", () => {
  let square = 0
  let step = 0
  for (let seed = 0; seed < 20; seed++) {
    const field = smoothNoise(new Rng(seed), 90, 70, 12)
    for (let i = 1; i < field.length; i++) {
      square += (field[i] * field[i]) / (20 * field.length)
      if (i % 90 !== 0) step = Math.max(step, Math.abs(field[i] - field[i - 1]))
    }
  }
  assert.ok(square > 0.7 && square < 1.3, `variance ${square}`)
  assert.ok(step < 0.6, `largest step ${step}`)
})
