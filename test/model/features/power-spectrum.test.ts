import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { fourier2d } from "@sourceprint/model/features/fourier.js"
import {
  powerSpectrum,
  SPECTRUM_FEATURES,
  spectrumFeatures,
  TILE_PX,
} from "@sourceprint/model/features/power-spectrum.js"

test("the fast transform is the sum by definition", () => {
  const side = 8
  const rng = new Rng(1)
  const re = Float64Array.from({ length: side * side }, () => rng.normal())
  const im = Float64Array.from({ length: side * side }, () => rng.normal())
  const [fastRe, fastIm] = [re.slice(), im.slice()]
  fourier2d(fastRe, fastIm, side)
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      let sumRe = 0
      let sumIm = 0
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const angle = (-2 * Math.PI * (u * x + v * y)) / side
          const i = y * side + x
          sumRe += re[i] * Math.cos(angle) - im[i] * Math.sin(angle)
          sumIm += re[i] * Math.sin(angle) + im[i] * Math.cos(angle)
        }
      }
      assert.ok(Math.abs(sumRe - fastRe[v * side + u]) < 1e-9)
      assert.ok(Math.abs(sumIm - fastIm[v * side + u]) < 1e-9)
    }
  }
  assert.throws(() => fourier2d(new Float64Array(9), new Float64Array(9), 3), RangeError)
})

test("white noise of deviation 3 has power 9 at every frequency", () => {
  const rng = new Rng(2)
  const side = 512
  const power = powerSpectrum(
    Float64Array.from({ length: side * side }, () => 3 * rng.normal()),
    side,
    side,
  )
  const mean = power.reduce((a, b) => a + b, 0) / power.length
  assert.ok(Math.abs(mean - 9) < 0.2, `mean power ${mean}`)
})

test("a stripe shows at its own frequency and direction only", () => {
  const wave = Float64Array.from({ length: 96 * 96 }, (_, i) => 50 * Math.cos((2 * Math.PI * (i % 96)) / 8))
  const power = powerSpectrum(wave, 96, 96)
  const strongest = power.indexOf(Math.max(...power))
  assert.ok(strongest === TILE_PX / 8 || strongest === TILE_PX - TILE_PX / 8)
  const features = spectrumFeatures(wave, 96, 96)
  assert.equal(features.length, SPECTRUM_FEATURES)
  const rings = features.subarray(0, 44)
  assert.equal(rings.indexOf(Math.max(...rings)), TILE_PX / 8 - 1)
})

test("flat is finite, too small is refused", () => {
  assert.ok(spectrumFeatures(new Float64Array(64 * 64).fill(80), 64, 64).every(Number.isFinite))
  assert.throws(() => powerSpectrum(new Float64Array(63 * 64), 63, 64), RangeError)
})
