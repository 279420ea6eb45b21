import type { GrayImage } from "../../../shared/image/gray-image.js"
import { resize } from "../../../shared/image/resize.js"
import { FailureToEnrol } from "../../matcher.js"
import { nominalDpi, size } from "./parameters.js"

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
      `${sizeText} is larger than a finger: crop it, or state its resolution`,
    )
  }
  return sameScale ? image : { ...resize(image, width, height), dpi: nominalDpi }
}
