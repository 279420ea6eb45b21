import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { eyesOf } from "./align-face.js"
import type { FoundFace, Point } from "./detect-face.js"
import { faceParameters } from "./parameters.js"

/** Each part from 0 (unusable) to 1 (as good as it gets). */
export interface FaceQuality {
  /** Eye distance in the picture. */
  readonly size: number
  /** Detail of the aligned face. */
  readonly sharpness: number
  /** Neither too dark nor too bright, both halves alike. */
  readonly light: number
  /** 1 for a frontal view; falls as the nose leaves the middle between the eyes. */
  readonly pose: number
  /** 0 to 100: the geometric mean of the parts. */
  readonly overall: number
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** How far the nose tip (point 30 of 300-W) is from the middle of the eyes, along their line, in eye distances:
 *  negative to the image's left. A turned head shows here first. */
function noseOffset(face: FoundFace): number {
  const [left, right] = eyesOf(face)
  const nose: Point = face.landmarks[30]
  const [ex, ey] = [right.x - left.x, right.y - left.y]
  const span = ex * ex + ey * ey
  return ((nose.x - (left.x + right.x) / 2) * ex + (nose.y - (left.y + right.y) / 2) * ey) / span
}

/** @param aligned the face as `alignFace` gives it */
export function faceQuality(face: FoundFace, aligned: GrayImage): FaceQuality {
  const { goodEyeDistancePx, goodSharpness } = faceParameters.quality
  const [left, right] = eyesOf(face)
  const size = clamp(Math.hypot(right.x - left.x, right.y - left.y) / goodEyeDistancePx)
  const { width, height, pixels } = aligned
  let laplacian = 0
  const half = [0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      laplacian += Math.abs(4 * pixels[at] - pixels[at - 1] - pixels[at + 1] - pixels[at - width] - pixels[at + width])
      half[x < width / 2 ? 0 : 1] += pixels[at]
    }
  }
  const count = (width - 2) * (height - 2)
  const sharpness = clamp(laplacian / count / goodSharpness)
  const brightness = (half[0] + half[1]) / count
  const balance = Math.min(half[0], half[1]) / Math.max(1, half[0], half[1])
  const light = clamp(Math.min(brightness / 60, (255 - brightness) / 60)) * clamp(balance / 0.7)
  const pose = clamp(1.2 - 2.5 * Math.abs(noseOffset(face)))
  const overall = 100 * (size * sharpness * light * pose) ** 0.25
  return { size, sharpness, light, pose, overall }
}
