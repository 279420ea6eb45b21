import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { faceParameters } from "../parameters.js"

const { width, height, eyeY, leftEyeX, rightEyeX } = faceParameters.align

/** How much darker the dark tenth of both eyes (pupil, iris, lashes) is than the cheek below: 0 as bright, 1 black.
 *  Falls when the lids close; landmarks of this network hardly move then. @param aligned the face as `alignFace` gives
 *  it */
export function eyeDarkness(aligned: GrayImage): number {
  const row = Math.round(eyeY * height)
  return (
    [leftEyeX, rightEyeX].reduce((sum, share) => {
      const column = Math.round(share * width)
      const eye = ellipse(aligned, column, row, 6, 3).sort((a, b) => a - b)
      const cheek = ellipse(aligned, column, row + 12, 6, 3)
      const skin = cheek.reduce((total, value) => total + value, 0) / cheek.length
      return sum + 1 - eye[Math.floor(eye.length / 10)] / Math.max(1, skin)
    }, 0) / 2
  )
}

function ellipse(image: GrayImage, cx: number, cy: number, halfWidth: number, halfHeight: number): number[] {
  const values: number[] = []
  for (let y = -halfHeight; y <= halfHeight; y++) {
    for (let x = -halfWidth; x <= halfWidth; x++) {
      if ((x / halfWidth) ** 2 + (y / halfHeight) ** 2 > 1) continue
      values.push(image.pixels[(cy + y) * image.width + cx + x])
    }
  }
  return values
}
