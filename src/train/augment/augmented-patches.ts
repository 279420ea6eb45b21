import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { type InputContract, patchSize } from "@sourceprint/model/input-contract.js"
import { rowLength } from "@sourceprint/model/view/encode-image.js"
import { encodePatch } from "@sourceprint/model/view/encode-patch.js"
import { cut } from "@sourceprint/model/view/patches.js"
import { z } from "zod"

/** Changes that leave the scanner's traces alone: no rotation, no resampling, no blur. */
export const AugmentConfig = z.strictObject({
  /** Left and right, top and bottom exchanged with probability 1/2 each. */
  mirror: z.boolean().default(true),
  /** Patches at random places of the region instead of the fixed grid. */
  randomPlace: z.boolean().default(true),
  /** Contrast factor drawn from [1 - spread, 1 + spread]. */
  gainSpread: z.number().min(0).max(0.9).default(0),
  /** Brightness offset drawn from [-spread, spread], grey levels. */
  offsetSpread: z.number().min(0).max(64).default(0),
  /** Training patches an image and epoch. */
  patchesPerImage: z.int().min(1).max(36).default(1),
  /** Augmentations of plug-ins, after the others, in this order. */
  steps: z
    .array(z.strictObject({ id: z.string().min(1), settings: z.record(z.string(), z.unknown()).default({}) }))
    .min(1)
    .optional(),
})
export type AugmentConfig = z.infer<typeof AugmentConfig>

/** The patch mirrored left-right (`x`), top-bottom (`y`), or both; a new image. */
export function mirroredPatch({ width, height, pixels }: GrayImage, x: boolean, y: boolean): GrayImage {
  const out = new Uint8Array(pixels.length)
  for (let row = 0; row < height; row++) {
    const from = (y ? height - 1 - row : row) * width
    for (let column = 0; column < width; column++)
      out[row * width + column] = pixels[from + (x ? width - 1 - column : column)] ?? 0
  }
  return { width, height, pixels: out }
}

function regrey(patch: GrayImage, gain: number, offset: number): GrayImage {
  const pixels = Uint8Array.from(patch.pixels, (grey) =>
    Math.min(255, Math.max(0, Math.round((grey - 128) * gain + 128 + offset))),
  )
  return { ...patch, pixels }
}

/** One step of plug-ins with its settings. */
export type PatchStep = (patch: GrayImage, rng: Rng) => GrayImage

/** Fresh training rows of one region: patchesPerImage × rowLength numbers. The same `rng` state gives the same rows;
 *  every image draws the same count of numbers, so a resumed epoch continues exactly where it stopped.
 *  @param steps the augmentations of `config.steps`, ready to use (`patchSteps`) */
export function augmentedRows(
  region: GrayImage,
  contract: InputContract,
  config: AugmentConfig,
  rng: Rng,
  steps: readonly PatchStep[] = [],
): Float32Array {
  const { widthPx, heightPx } = patchSize(contract)
  const length = rowLength(contract)
  const rows = new Float32Array(config.patchesPerImage * length)
  for (let i = 0; i < config.patchesPerImage; i++) {
    const [across, down] = [rng.float(), rng.float()]
    const [flipX, flipY] = [rng.float() < 0.5, rng.float() < 0.5]
    const [gain, offset] = [rng.between(-1, 1), rng.between(-1, 1)]
    const left = Math.floor((config.randomPlace ? across : 0.5) * (region.width - widthPx + 1))
    const top = Math.floor((config.randomPlace ? down : 0.5) * (region.height - heightPx + 1))
    let patch = cut(region, left, top, widthPx, heightPx)
    if (config.mirror) patch = mirroredPatch(patch, flipX, flipY)
    if (config.gainSpread > 0 || config.offsetSpread > 0)
      patch = regrey(patch, 1 + gain * config.gainSpread, offset * config.offsetSpread)
    for (const [at, step] of steps.entries()) patch = step(patch, rng.fork(`step/${at}/${i}`))
    rows.set(encodePatch(patch, contract.encoding), i * length)
  }
  return rows
}
