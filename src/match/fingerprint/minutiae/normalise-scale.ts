import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { FailureToEnrol } from "../../matcher.js"
import type { RidgeAnalysis } from "./extract.js"
import { frequency, nominalDpi, size } from "./parameters.js"

/** The image at 500 dpi, if it says what it is at (else it is taken to be there already).
 *  @throws FailureToEnrol for an image no finger fits into or that is far larger than a finger */
export function normaliseScale(image: GrayImage): GrayImage {
  const scale = image.dpi === undefined ? 1 : nominalDpi / image.dpi
  const sameScale = Math.abs(scale - 1) < 0.03
  const width = sameScale ? image.width : Math.round(image.width * scale)
  const height = sameScale ? image.height : Math.round(image.height * scale)
  const sizeText = `${image.width} × ${image.height} pixels${image.dpi === undefined ? "" : ` at ${image.dpi} dpi`}`
  if (!(Math.min(width, height) >= size.minSidePx)) {
    throw new FailureToEnrol("too-small", `${sizeText} is too small to hold a fingerprint`)
  }
  if (Math.max(width, height) > size.maxSidePx) {
    throw new FailureToEnrol("too-large", `${sizeText} is larger than a finger: crop it, or state its resolution`)
  }
  return sameScale ? image : { ...resize(image, width, height), dpi: nominalDpi }
}

/** Analyses the image as it is. Where nobody stated its resolution and its ridges are far from a finger's at 500 dpi,
 *  or none were found, once more at the scale that would put them there, or at half and twice the size. The first
 *  failure is what is thrown if that does not help. @throws FailureToEnrol */
export function atRidgeScale(image: GrayImage, analyse: (image: GrayImage) => RidgeAnalysis): RidgeAnalysis {
  const at = (scale: number): RidgeAnalysis | undefined => {
    const width = Math.round(image.width * scale)
    const height = Math.round(image.height * scale)
    if (Math.min(width, height) < size.minSidePx || Math.max(width, height) > size.maxSidePx) return undefined
    return analyse(resize(image, width, height))
  }
  let first: FailureToEnrol | undefined
  let found: RidgeAnalysis | undefined
  try {
    found = analyse(image)
  } catch (error) {
    if (!(error instanceof FailureToEnrol) || image.dpi !== undefined || error.reason === "no-contrast") throw error
    first = error
  }
  if (found !== undefined && (image.dpi !== undefined || isPlausible(found))) return found
  const scales = found === undefined ? [0.5, 2] : [frequency.typicalPx / found.period.medianPx]
  for (const scale of scales) {
    try {
      const scaled = at(scale)
      if (scaled !== undefined && isPlausible(scaled)) return scaled
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
    }
  }
  if (found !== undefined) return found
  throw first
}

const isPlausible = ({ period: { medianPx } }: RidgeAnalysis): boolean =>
  medianPx >= frequency.plausibleMinPx && medianPx <= frequency.plausibleMaxPx
