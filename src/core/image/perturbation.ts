import { z } from "zod"
import type { Rng } from "../rng.js"
import { blurred, noisy, rotated } from "./distortion.js"
import type { GrayImage } from "./gray-image.js"
import { equalised, matchedTo } from "./grey-levels.js"
import { loadSharp } from "./load-sharp.js"
import { resize } from "./resize.js"

/** What may happen to an image between the sensor and whoever judges it, as data. */
export const Perturbation = z.discriminatedUnion("kind", [
  /** Compressed and decompressed; quality of libjpeg. */
  z.strictObject({ kind: z.literal("jpeg"), quality: z.int().min(1).max(100) }),
  z.strictObject({ kind: z.literal("rescale"), factor: z.number().min(0.25).max(4) }),
  /** Rescaled by `factor` and back to the old size. */
  z.strictObject({ kind: z.literal("rescale-back"), factor: z.number().min(0.1).max(4).default(0.5) }),
  /** About the middle, counter-clockwise, edge pixels repeated. */
  z.strictObject({ kind: z.literal("rotate"), degrees: z.number().min(-180).max(180) }),
  /** Normal noise on every pixel; grey levels of 256. */
  z.strictObject({ kind: z.literal("noise"), sigma: z.number().gt(0).max(64) }),
  z.strictObject({ kind: z.literal("blur"), sigmaPx: z.number().min(0.2).max(8) }),
  /** The upper bits alone, spread over 0..255. */
  z.strictObject({ kind: z.literal("levels"), bits: z.int().min(1).max(7) }),
  /** Grey levels spread so that their histogram is flat. */
  z.strictObject({ kind: z.literal("equalise") }),
  z.strictObject({ kind: z.literal("brightness"), add: z.number().min(-255).max(255) }),
  /** 255 × (grey / 255) ^ gamma */
  z.strictObject({ kind: z.literal("gamma"), gamma: z.number().min(0.2).max(5) }),
  /** A forgery: another scanner's image given the grey levels of an image of the target, by their histograms. */
  z.strictObject({ kind: z.literal("match-grey-levels") }),
])
export type Perturbation = z.infer<typeof Perturbation>

/** "jpeg 95", "rescale 0.9 + rotate 3": the name in tables. */
export const perturbationName = (chain: readonly Perturbation[]): string =>
  chain.map((step) => Object.values(step).join(" ")).join(" + ")

/** A chain with a forgery in it: only images of other scanners can be forged. */
export const isForgery = (chain: readonly Perturbation[]): boolean =>
  chain.some(({ kind }) => kind === "match-grey-levels")

const mapped = (image: GrayImage, grey: (value: number) => number): GrayImage => {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.max(0, Math.min(255, Math.round(grey(value)))))
  return { ...image, pixels: image.pixels.map((value) => table[value] ?? 0) }
}

async function throughJpeg(image: GrayImage, quality: number): Promise<GrayImage> {
  const sharp = await loadSharp()
  const { width, height } = image
  const jpeg = await sharp(image.pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality })
    .toBuffer()
  const pixels = await sharp(jpeg).toColourspace("b-w").extractChannel(0).raw().toBuffer()
  return { ...image, pixels: Uint8Array.from(pixels) }
}

const side = (length: number, factor: number): number => Math.max(1, Math.round(length * factor))

function rescaled(image: GrayImage, factor: number): GrayImage {
  return resize(image, side(image.width, factor), side(image.height, factor))
}

/** The image after the steps of a chain, in their order. Pure in (image, chain, state of rng, reference).
 *  @param reference an image of the target, for forgeries
 *  @throws RangeError for a forgery without a reference, AppError "image/sharp" for JPEG where sharp is missing */
export async function perturbed(
  image: GrayImage,
  chain: readonly Perturbation[],
  rng: Rng,
  reference?: GrayImage,
): Promise<GrayImage> {
  let out = image
  for (const step of chain) out = await afterStep(out, step, rng, reference)
  return out
}

async function afterStep(
  image: GrayImage,
  step: Perturbation,
  rng: Rng,
  reference: GrayImage | undefined,
): Promise<GrayImage> {
  switch (step.kind) {
    case "jpeg":
      return await throughJpeg(image, step.quality)
    case "rescale":
      return rescaled(image, step.factor)
    case "rescale-back":
      return { ...image, pixels: resize(rescaled(image, step.factor), image.width, image.height).pixels }
    case "rotate":
      return rotated(image, step.degrees)
    case "noise":
      return noisy(image, step.sigma, rng)
    case "blur":
      return blurred(image, step.sigmaPx)
    case "levels": {
      const shift = 8 - step.bits
      const top = 2 ** step.bits - 1
      return mapped(image, (value) => ((value >> shift) * 255) / top)
    }
    case "equalise":
      return equalised(image)
    case "brightness":
      return mapped(image, (value) => value + step.add)
    case "gamma":
      return mapped(image, (value) => 255 * (value / 255) ** step.gamma)
    case "match-grey-levels":
      if (reference === undefined) throw new RangeError("a forgery needs an image of the target")
      return matchedTo(image, reference)
  }
}
