import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { LOCAL_PHASE_BINS, localPhase } from "./local-phase.js"
import { TEXTURE_V1_LENGTH, textureV1, textureV1Groups } from "./texture-v1.js"

/** The groups of the vector, in order, with their lengths. */
export const textureV2Groups = { ...textureV1Groups, phase: LOCAL_PHASE_BINS } as const

export const TEXTURE_V2_LENGTH = TEXTURE_V1_LENGTH + LOCAL_PHASE_BINS

/** `textureV1` and the local phase of the finest detail, by which an artefact's surface differs from skin:
 *  TEXTURE_V2_LENGTH numbers. @throws RangeError for a patch smaller than 64 × 64 px */
export function textureV2(patch: GrayImage): Float32Array {
  const vector = new Float32Array(TEXTURE_V2_LENGTH)
  vector.set(textureV1(patch))
  vector.set(localPhase(patch), TEXTURE_V1_LENGTH)
  return vector
}
