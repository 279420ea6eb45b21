import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { boxMean, percentile } from "@sourceprint/match/fingerprint/minutiae/plane.js"

test("the box mean is the mean of the window inside the image", () => {
  const rng = new Rng("box")
  for (const [width, height, radius] of [
    [9, 7, 2],
    [5, 5, 9],
    [1, 8, 3],
    [12, 1, 1],
    [6, 6, 0],
  ]) {
    const values = Float32Array.from({ length: width * height }, () => rng.between(-5, 5))
    const fast = boxMean({ width, height, values }, radius)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0
        let count = 0
        for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
          for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
            sum += values[v * width + u]
            count++
          }
        }
        assert.ok(Math.abs(fast.values[y * width + x] - sum / count) < 1e-4, `${width}×${height} r${radius}`)
      }
    }
  }
})

test("percentiles of a ramp", () => {
  const ramp = Float32Array.from({ length: 101 }, (_, i) => 100 - i)
  assert.equal(percentile(ramp, 0), 0)
  assert.equal(percentile(ramp, 0.5), 50)
  assert.equal(percentile(ramp, 1), 100)
})
