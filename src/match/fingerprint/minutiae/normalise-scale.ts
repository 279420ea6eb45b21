import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { FailureToEnrol } from "../../matcher.js"
import type { RidgeAnalysis } from "./extract.js"
import { frequency, likelihood, nominalDpi, size } from "./parameters.js"
import { printLogOdds } from "./print-likelihood.js"

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
    throw new FailureToEnrol(
      "too-large",
      `${sizeText} is larger than a finger: crop it, or state its resolution (--dpi)`,
    )
  }
  return sameScale ? image : { ...resize(image, width, height), dpi: nominalDpi }
}

/** Analyses the image as it is. Where nobody stated its resolution, and it does not look like a print at 500 dpi or its
 *  ridges are farther apart or nearer than almost any finger's there, half or twice the size is tried as well, and the
 *  scale that would give ridges the usual distance where both are far from it: taken if it is plainly more a print.
 *  @throws FailureToEnrol for an image without contrast */
export function atRidgeScale(image: GrayImage, analyse: (image: GrayImage) => RidgeAnalysis): RidgeAnalysis {
  const found = analyse(image)
  if (image.dpi !== undefined) return found
  let best = found
  let bestOdds = printLogOdds(found.signs) + likelihood.scaleMargin
  for (const scale of scalesToTry(found)) {
    const width = Math.round(image.width * scale)
    const height = Math.round(image.height * scale)
    if (Math.min(width, height) < size.minSidePx || Math.max(width, height) > size.maxSidePx) continue
    const scaled = analyse(resize(image, width, height))
    const odds = printLogOdds(scaled.signs)
    if (odds > bestOdds) {
      best = scaled
      bestOdds = odds
    }
  }
  return best
}

/** Scanners have 250, 500 or 1,000 dpi far more often than anything between. */
function scalesToTry({ signs, period: { medianPx } }: RidgeAnalysis): readonly number[] {
  const { typicalPx, rarelyBelowPx, rarelyAbovePx } = frequency
  const wanted = typicalPx / medianPx
  if (!Number.isFinite(wanted)) return [0.5, 2]
  const octave = wanted < 1 ? 0.5 : 2
  if (Math.abs(Math.log(wanted)) > Math.log(2 * Math.SQRT2)) return [octave, wanted]
  if (medianPx < rarelyBelowPx || medianPx > rarelyAbovePx) return [octave]
  return printLogOdds(signs) < likelihood.refused ? [0.5, 2] : []
}
