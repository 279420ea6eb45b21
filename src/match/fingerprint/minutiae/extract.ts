import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import { FailureToEnrol } from "../../matcher.js"
import { contextualFilter } from "./contextual-filter.js"
import { withoutFalseMinutiae } from "./false-minutiae.js"
import { localNormalisation } from "./local-normalisation.js"
import type { Minutia } from "./minutia.js"
import { type OrientationField, orientationField } from "./orientation-field.js"
import { cellPx, enhancement, orientation, segmentation } from "./parameters.js"
import type { Plane } from "./plane.js"
import { type PrintSigns, printSigns } from "./print-signs.js"
import { pruneSpurs, ridgeMinutiae } from "./ridge-endings.js"
import { type RidgePeriod, ridgePeriod } from "./ridge-period.js"
import { contrastMask, depthInCells, printMask, ridgeReliability } from "./segmentation.js"
import { singularities } from "./singularities.js"
import { thin } from "./skeleton.js"

/** All that later stages want to know of one print; maps hold one value a cell of `cellPx`. */
export interface RidgeAnalysis {
  readonly width: number
  readonly height: number
  readonly minutiae: readonly Minutia[]
  readonly field: OrientationField
  readonly period: RidgePeriod
  readonly reliability: Plane
  readonly mask: Uint8Array
  /** The print with its noise filtered away; ridges negative, background 0. */
  readonly enhanced: Plane
  readonly signs: PrintSigns
}

/** A print at 500 dpi -> its minutiae and maps, however doubtful: `signs` say whether it is one.
 *  @throws FailureToEnrol for an image without contrast */
export function extract(image: GrayImage, trace: Trace = noTrace): RidgeAnalysis {
  const { image: normalised, deviation } = localNormalisation(image)
  const contrast = contrastMask(deviation)
  if (contrast.strong < segmentation.minDeviation) {
    throw new FailureToEnrol("no-contrast", "the image is blank or nearly so: clean the sensor and press again")
  }

  let field = orientationField(normalised, orientation.radiiCells)
  const period = ridgePeriod(normalised, field, contrast.mask)
  let enhanced = contextualFilter(normalised, field, period.periodPx, contrast.mask)
  for (let pass = 1; pass < enhancement.passes; pass++) {
    field = orientationField(enhanced, orientation.refinedRadiiCells)
    enhanced = contextualFilter(normalised, field, period.periodPx, contrast.mask)
  }
  const reliability = ridgeReliability(normalised, enhanced)
  const mask = printMask(contrast.mask, reliability, period.purity)
  trace.record("orientation", () => field)
  trace.record("frequency", () => period)
  trace.record("mask", () => ({ width: reliability.width, height: reliability.height, cellPx, mask }))
  trace.record("reliability", () => reliability)
  trace.record("singularities", () => singularities(field, mask))
  trace.record("enhanced", () => enhanced)

  const ridges = ridgePixels(enhanced, mask, reliability.width)
  const context = {
    field,
    periodPx: period.periodPx,
    reliability,
    mask,
    depth: depthInCells(mask, reliability.width, reliability.height),
  }
  const skeleton = pruneSpurs(thin(image.width, image.height, ridges), context)
  const minutiae = withoutFalseMinutiae(ridgeMinutiae(skeleton, context), context)
  trace.record("skeleton", () => skeleton)
  trace.record("minutiae", () => minutiae)
  const signs = printSigns({ field, period, reliability, mask, contrast: contrast.mask, minutiae: minutiae.length })
  return { width: image.width, height: image.height, minutiae, field, period, reliability, mask, enhanced, signs }
}

function ridgePixels(enhanced: Plane, mask: Uint8Array, cols: number): Uint8Array {
  const { width, height, values } = enhanced
  const ridges = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const cellRow = Math.floor(y / cellPx) * cols
    for (let x = 0; x < width; x++) {
      if (mask[cellRow + ((x / cellPx) | 0)] === 1 && values[y * width + x] < 0) ridges[y * width + x] = 1
    }
  }
  return ridges
}
