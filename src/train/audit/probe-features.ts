import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Region } from "@sourceprint/model/input-contract.js"
import { regionOf } from "@sourceprint/model/view/patches.js"

/** What a probe may see. Each is something that a model could learn instead of the scanner's traces. */
export const probes = {
  "image-size": "width and height of what is looked at, pixels",
  border: "brightness of the outermost rows and columns, and how much of the picture is background",
  "mean-grey": "mean and deviation of grey",
  "grey-occupancy": "which of the 256 grey levels occur",
} as const
export type ProbeId = keyof typeof probes
export const probeIds = Object.keys(probes) as ProbeId[]

/** `dataset`: the whole image as the scanner gave it; what leaks before any view.
 *  `view`: what is left of it in the region that the models see. Only this can have helped a model. */
export type ProbeScope = "dataset" | "view"
export const probeScopes: readonly ProbeScope[] = ["dataset", "view"]

export type ProbeVectors = Readonly<Record<ProbeId, Float64Array>>

const BORDER_PX = 4
/** Within this many grey levels of the commonest one a pixel counts as background. */
const BACKGROUND_LEVELS = 6
const OCCUPANCY_BINS = 64

function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    sum += values[i]
    squares += values[i] * values[i]
  }
  const mean = sum / values.length
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) }
}

function histogram(pixels: Uint8Array): Float64Array {
  const shares = new Float64Array(256)
  for (const grey of pixels) shares[grey] += 1 / pixels.length
  return shares
}

/** Mean and deviation of four strips along the edges, and the background's level and share. */
function border({ width, height, pixels }: GrayImage): Float64Array {
  const reach = Math.min(BORDER_PX, width, height)
  const strip = (keep: (x: number, y: number) => boolean): number[] => {
    const { mean, deviation } = moments(pixels.filter((_, i) => keep(i % width, Math.floor(i / width))))
    return [mean, deviation]
  }
  const shares = histogram(pixels)
  const level = shares.indexOf(Math.max(...shares))
  const share = shares.reduce((sum, s, g) => sum + (Math.abs(g - level) <= BACKGROUND_LEVELS ? s : 0), 0)
  return Float64Array.from([
    ...strip((_, y) => y < reach),
    ...strip((_, y) => y >= height - reach),
    ...strip((x) => x < reach),
    ...strip((x) => x >= width - reach),
    level,
    share,
  ])
}

/** Square roots of the shares of each 4 levels, then of each level modulo 16: range and comb, not order in space. */
function occupancy({ pixels }: GrayImage): Float64Array {
  const shares = histogram(pixels)
  const vector = new Float64Array(OCCUPANCY_BINS + 16)
  shares.forEach((share, level) => {
    vector[level >> 2] += share
    vector[OCCUPANCY_BINS + (level % 16)] += share
  })
  return vector.map(Math.sqrt)
}

function vectorsOf(image: GrayImage, widthPx: number, heightPx: number): ProbeVectors {
  const { mean, deviation } = moments(image.pixels)
  return {
    "image-size": Float64Array.of(widthPx, heightPx),
    border: border(image),
    "mean-grey": Float64Array.of(mean, deviation),
    "grey-occupancy": occupancy(image),
  }
}

/** What the probes see of one image. In a window, size is what of it still shows: nothing, unless the image is smaller
 *  than the window. A whole frame that was resampled keeps its proportions and blur, so there size is size. */
export function probeVectors(image: GrayImage, region: Region): Readonly<Record<ProbeScope, ProbeVectors>> {
  const { width, height } = image
  const seen = regionOf(image, region)
  const shown = (side: number): number => (region.kind === "whole-frame" ? side : Math.min(side, region.sidePx))
  return {
    dataset: vectorsOf(image, width, height),
    view: vectorsOf(seen, shown(width), shown(height)),
  }
}
