import { boxMean } from "@sourceprint/core/image/box-mean.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { denoisingResidual } from "../features/denoising-residual.js"

/** How a forger makes an image of one scanner look like one of another, whose images they have. Lines of 16 levels,
 *  spread to 8 bits, as an R307 sends them. Written for those who defend: to train and to measure against. */
export type Forgery =
  /** The mean residual of stolen images, after `denoiser`, added to the base image, whose own residual is kept by the
   *  part `keep`; `dither` is white noise before the levels, grey levels. */
  | {
      readonly kind: "added"
      readonly denoiser: Denoiser
      readonly strength: number
      readonly keep: number
      readonly dither: number
    }
  /** The scanner's own order of things: light from the base image, times a gain estimated from stolen images, exposure
   *  noise of `noiseDn` at full scale, then cut to levels. `smoothPx`: how far the base is smoothed before. */
  | {
      readonly kind: "developed"
      readonly strength: number
      readonly noiseDn: number
      readonly smoothPx: number
    }
  /** Steps of the base image filled up with noise, the pattern multiplied in, cut to levels again. */
  | { readonly kind: "redithered"; readonly strength: number; readonly noiseDn: number }
export type Denoiser = "mean-3" | "wiener-3" | "wide"

/** What is to be put in, as the kind of forgery needs it: one number a pixel. */
export function stolenPattern(stolen: readonly GrayImage[], forgery: Forgery): Float32Array {
  return forgery.kind === "added" ? meanResidual(stolen, forgery.denoiser) : meanGain(stolen)
}

/** @param pattern of `stolenPattern`, for images of the same size */
export function forgeImage(base: GrayImage, pattern: Float32Array, forgery: Forgery, rng: Rng): GrayImage {
  const { pixels } = base
  switch (forgery.kind) {
    case "added": {
      const residual = residualOf(base, forgery.denoiser === "wide" ? "mean-3" : forgery.denoiser)
      const { keep, strength, dither } = forgery
      const forged = pixels.map((grey, i) => {
        const noise = dither === 0 ? 0 : dither * rng.normal()
        return 17 * clipLevel(Math.round((grey - (1 - keep) * residual[i] + strength * pattern[i] + noise) / 17))
      })
      return { ...base, pixels: forged }
    }
    case "developed": {
      const smooth = forgery.smoothPx === 0 ? pixels : boxMean(base, forgery.smoothPx)
      return {
        ...base,
        pixels: Uint8Array.from(smooth, (grey, i) => exposed(dnOf(grey), pattern[i], forgery, rng)),
      }
    }
    case "redithered": {
      const forged = pixels.map((grey, i) => exposed(dnOf(grey) - 8 + 16 * rng.float(), pattern[i], forgery, rng))
      return { ...base, pixels: forged }
    }
  }
}

const clipLevel = (level: number): number => Math.max(0, Math.min(15, level))
/** Middle of the 16 DN that became this grey. */
const dnOf = (grey: number): number => (16 * grey) / 17 + 8

function exposed(
  dn: number,
  gain: number,
  { strength, noiseDn }: { readonly strength: number; readonly noiseDn: number },
  rng: Rng,
): number {
  const noise = noiseDn === 0 ? 0 : noiseDn * Math.sqrt(Math.max(0, dn) / 255) * rng.normal()
  return 17 * clipLevel(Math.floor((dn * (1 + strength * gain) + noise) / 16))
}

function residualOf(image: GrayImage, denoiser: Denoiser): Float32Array {
  if (denoiser === "wiener-3") return denoisingResidual(image)
  const smooth = denoiser === "mean-3" ? boxMean(image, 1) : wideMean(image)
  const limit = denoiser === "wide" ? EDGE_LIMIT : 255
  return Float32Array.from(image.pixels, (grey, i) => Math.max(-limit, Math.min(limit, grey - smooth[i])))
}

/** Ridges reach further than noise: what is larger is cut. Grey levels. */
const EDGE_LIMIT = 20
const wideMean = (image: GrayImage): Float32Array =>
  boxMean({ width: image.width, height: image.height, pixels: boxMean(image, 2) }, 2)

function meanResidual(stolen: readonly GrayImage[], denoiser: Denoiser): Float32Array {
  const pattern = new Float32Array(stolen[0].pixels.length)
  for (const image of stolen) {
    const residual = residualOf(image, denoiser)
    for (let i = 0; i < pattern.length; i++) pattern[i] += residual[i] / stolen.length
  }
  return pattern
}

/** Least squares of residual = gain × light, pixel by pixel. */
function meanGain(stolen: readonly GrayImage[]): Float32Array {
  const products = new Float32Array(stolen[0].pixels.length)
  const squares = new Float32Array(products.length)
  for (const image of stolen) {
    const light = boxMean(image, 2)
    for (let i = 0; i < products.length; i++) {
      const residual = Math.max(-EDGE_LIMIT, Math.min(EDGE_LIMIT, image.pixels[i] - light[i]))
      products[i] += residual * light[i]
      squares[i] += light[i] * light[i]
    }
  }
  return products.map((product, i) => product / Math.max(1, squares[i]))
}
