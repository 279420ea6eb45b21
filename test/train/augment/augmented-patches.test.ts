import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { InputContract } from "@sourceprint/model/input-contract.js"
import { encodeRegion } from "@sourceprint/model/view/encode-image.js"
import { AugmentConfig, augmentedRows, mirroredPatch } from "@sourceprint/train/augment/augmented-patches.js"

const noise = new Rng(1)
const region = { width: 40, height: 40, pixels: Uint8Array.from({ length: 1600 }, () => noise.below(256)) }
const contract = InputContract.parse({
  region: { kind: "common-window", sidePx: 40 },
  patches: { sidePx: 16, grid: 1 },
  encoding: { kind: "pixels", channels: 1, scaling: "unit" },
  vote: "mean",
})

test("everything off is exactly what prediction sees", () => {
  const off = AugmentConfig.parse({ mirror: false, randomPlace: false })
  assert.deepEqual(augmentedRows(region, contract, off, new Rng(2)), encodeRegion(region, contract))
})

test("the generator's state alone decides, and each image draws the same count whatever is on", () => {
  const full = AugmentConfig.parse({ gainSpread: 0.2, offsetSpread: 10, patchesPerImage: 3 })
  const a = new Rng(9)
  const b = new Rng(9)
  assert.deepEqual(augmentedRows(region, contract, full, a), augmentedRows(region, contract, full, b))
  augmentedRows(region, contract, AugmentConfig.parse({ mirror: false, patchesPerImage: 3 }), a)
  augmentedRows(region, contract, full, b)
  assert.deepEqual(a.state, b.state)
})

test("mirrors, by hand", () => {
  const patch = { width: 2, height: 2, pixels: Uint8Array.of(1, 2, 3, 4) }
  assert.deepEqual([...mirroredPatch(patch, true, false).pixels], [2, 1, 4, 3])
  assert.deepEqual([...mirroredPatch(patch, false, true).pixels], [3, 4, 1, 2])
  assert.deepEqual([...mirroredPatch(patch, true, true).pixels], [4, 3, 2, 1])
})
