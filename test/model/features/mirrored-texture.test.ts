import assert from "node:assert/strict"
import { test } from "node:test"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { mirroredTexture } from "@sourceprint/model/features/mirrored-texture.js"
import { textureV2, textureV2Groups } from "@sourceprint/model/features/texture-v2.js"

const SIDE_PX = 64

/** Slanted waves with noise, so that no direction is like another. */
function patch(): GrayImage {
  const rng = new Rng("mirrored")
  const pixels = Uint8Array.from({ length: SIDE_PX * SIDE_PX }, (_, i) => {
    const [x, y] = [i % SIDE_PX, Math.floor(i / SIDE_PX)]
    return 120 + 60 * Math.sin(0.5 * x + 0.2 * y) + 40 * rng.float()
  })
  return { width: SIDE_PX, height: SIDE_PX, pixels }
}

const mirrored = (image: GrayImage, alongX: boolean, alongY: boolean): GrayImage => ({
  ...image,
  pixels: image.pixels.map((_, i) => {
    const [x, y] = [i % SIDE_PX, Math.floor(i / SIDE_PX)]
    return image.pixels[(alongY ? SIDE_PX - 1 - y : y) * SIDE_PX + (alongX ? SIDE_PX - 1 - x : x)]
  }),
})

test("the mean over a patch's mirror images follows from its own features", () => {
  const image = patch()
  const own = textureV2(image)
  const images = [false, true].flatMap((x) => [false, true].map((y) => textureV2(mirrored(image, x, y))))
  const expected = own.map((_, i) => images.reduce((sum, vector) => sum + vector[i] / 4, 0))
  const found = mirroredTexture(own)
  const tolerance: Partial<Record<string, number>> = { contrast: 0.1, phase: 0.02 } // undecided signs, see there
  let offset = 0
  for (const [group, length] of Object.entries(textureV2Groups)) {
    for (let i = offset; i < offset + length; i++)
      assert.ok(Math.abs(found[i] - expected[i]) < (tolerance[group] ?? 1e-5), `${group} ${i - offset}`)
    offset += length
  }
  assert.ok(own.some((value, i) => Math.abs(value - expected[i]) > 0.05)) // the patch is not its own mirror image
})
