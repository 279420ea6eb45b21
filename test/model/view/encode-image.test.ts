import assert from "node:assert/strict"
import { test } from "node:test"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { InputContract } from "@sourceprint/model/input-contract.js"
import { encodeImage, rowLength } from "@sourceprint/model/view/encode-image.js"
import { patchesOf } from "@sourceprint/model/view/patches.js"
import { votes } from "@sourceprint/model/view/vote.js"

const rng = new Rng(4)
const ramp: GrayImage = {
  width: 64,
  height: 64,
  pixels: Uint8Array.from({ length: 64 * 64 }, () => rng.below(256)),
}
const contract = (scaling: string, patches?: { sidePx: number; grid: number }): InputContract =>
  InputContract.parse({
    region: { kind: "sensor-window", sidePx: 64 },
    ...(patches ? { patches } : {}),
    encoding: { kind: "pixels", channels: scaling === "raw" ? 3 : 1, scaling },
    vote: "mean-log-odds",
  })

test("each scaling, by its definition", () => {
  const raw = encodeImage(ramp, contract("raw"))
  assert.deepEqual(
    [...raw.subarray(0, 6)],
    [0, 0, 0, 1, 1, 1].map((i) => ramp.pixels[i]),
  )
  const unit = encodeImage(ramp, contract("unit"))
  const signed = encodeImage(ramp, contract("signed"))
  unit.forEach((u, i) => {
    assert.ok(Math.abs(u - ramp.pixels[i] / 255) < 1e-6)
    assert.ok(Math.abs(signed[i] - (2 * u - 1)) < 1e-6)
  })
  const standardised = encodeImage(ramp, contract("standardised"))
  const mean = standardised.reduce((a, b) => a + b, 0) / standardised.length
  const power = standardised.reduce((a, b) => a + b * b, 0) / standardised.length
  assert.ok(Math.abs(mean) < 1e-5 && Math.abs(power - 1) < 1e-4)
})

test("patches reach every edge of the region and rows lie patch by patch", () => {
  const grid = contract("unit", { sidePx: 24, grid: 3 })
  const patches = patchesOf(ramp, grid)
  assert.equal(patches.length, 9)
  assert.equal(patches[0].pixels[0], ramp.pixels[0])
  assert.equal(patches[8].pixels.at(-1), ramp.pixels.at(-1))
  assert.equal(patches[4].pixels[0], ramp.pixels[20 * 64 + 20])
  const rows = encodeImage(ramp, grid)
  assert.equal(rows.length, 9 * rowLength(grid))
  assert.ok(Math.abs(rows[4 * rowLength(grid)] - patches[4].pixels[0] / 255) < 1e-6)
})

test("a patch larger than its region is refused", () => {
  assert.throws(() => contract("unit", { sidePx: 80, grid: 1 }), /larger than the region/)
})

test("votes, by hand", () => {
  const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`)
  close(votes(Float32Array.of(0.9, 0.9, 0.1), 3, "mean")[0], 1.9 / 3)
  close(votes(Float32Array.of(0.9, 0.8, 0.1), 3, "median")[0], 0.8)
  close(votes(Float32Array.of(0.2, 0.4), 2, "median")[0], 0.3)
  close(votes(Float32Array.of(0.9, 0.1), 2, "mean-log-odds")[0], 0.5)
  const certain = votes(Float32Array.of(1, 0.01, 0.01), 3, "mean-log-odds")[0] // one certain patch does not decide
  assert.ok(certain < 0.5)
  assert.ok(Number.isNaN(votes(Float32Array.of(Number.NaN, 0.5), 2, "mean-log-odds")[0]))
  assert.throws(() => votes(new Float32Array(5), 2, "mean"), RangeError)
})
