import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { greyOccupancy, OCCUPANCY_FEATURES } from "./grey-occupancy.js"
import { LBP_BINS, localBinaryPattern } from "./local-binary-pattern.js"
import { CONTRAST_FEATURES, localContrast } from "./local-contrast.js"
import { SPECTRUM_FEATURES, spectrumFeatures } from "./power-spectrum.js"
import { COOCCURRENCE_FEATURES, residualCooccurrence } from "./residual-cooccurrence.js"

const LBP_RADII_PX = [1, 2]

/** The groups of the vector, in order, with their lengths. */
export const textureV1Groups = {
  spectrum: SPECTRUM_FEATURES,
  lbp: LBP_RADII_PX.length * LBP_BINS,
  cooccurrence: COOCCURRENCE_FEATURES,
  occupancy: OCCUPANCY_FEATURES,
  contrast: CONTRAST_FEATURES,
} as const

export const TEXTURE_V1_LENGTH = Object.values(textureV1Groups).reduce((a, b) => a + b, 0)

/** What a scanner leaves in any patch of at least 64 × 64 px, whatever the finger: TEXTURE_V1_LENGTH numbers, to be
 *  standardised on training data. Groups as in `textureV1Groups`. @throws RangeError for a smaller patch */
export function textureV1(patch: GrayImage): Float32Array {
  const vector = new Float32Array(TEXTURE_V1_LENGTH)
  let offset = 0
  for (const part of [
    spectrumFeatures(patch.pixels, patch.width, patch.height),
    ...LBP_RADII_PX.map((radiusPx) => localBinaryPattern(patch, radiusPx)),
    residualCooccurrence(patch),
    greyOccupancy(patch),
    localContrast(patch),
  ]) {
    vector.set(part, offset)
    offset += part.length
  }
  return vector
}
