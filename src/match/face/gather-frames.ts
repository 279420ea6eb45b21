import { FailureToEnrol } from "../matcher.js"
import { faceParameters } from "./parameters.js"

/** Looks at each image in turn and keeps what differs from everything kept so far; images without a usable face are
 *  left out unless none is left. @throws FailureToEnrol of the last image when no image is usable; RangeError for none
 *  or more than 300 images */
export async function gatherFrames<Image, Frame>(
  images: readonly Image[],
  look: (image: Image) => Promise<Frame>,
  isNearCopy: (a: Frame, b: Frame) => boolean,
): Promise<Frame[]> {
  if (images.length < 1 || images.length > faceParameters.maxFrames) {
    throw new RangeError(`a face is enrolled from 1 to ${faceParameters.maxFrames} images, not ${images.length}`)
  }
  const kept: Frame[] = []
  let failure: FailureToEnrol | undefined
  for (const image of images) {
    try {
      const frame = await look(image)
      if (!kept.some((other) => isNearCopy(frame, other))) kept.push(frame)
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
      failure = error
    }
  }
  if (kept.length === 0 && failure !== undefined) throw failure
  return kept
}
