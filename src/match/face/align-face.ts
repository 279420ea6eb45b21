import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { luminance } from "@sourceprint/core/image/luminance.js"
import type { FoundFace, Point } from "./detect-face.js"
import { faceParameters } from "./parameters.js"

const mean = (points: readonly Point[]): Point => ({
  x: points.reduce((sum, p) => sum + p.x, 0) / points.length,
  y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
})

/** Middles of the two eyes, the one on the image's left first (points 36-41 and 42-47 of 300-W). */
export const eyesOf = ({ landmarks }: FoundFace): readonly [Point, Point] => [
  mean(landmarks.slice(36, 42)),
  mean(landmarks.slice(42, 48)),
]

export const grayOf = (image: GrayImage | RgbImage): GrayImage =>
  image.pixels.length === image.width * image.height ? image : luminance(image)

/** The face turned upright and scaled so that the eyes always lie on the same two places: 96 × 112 pixels, grey. Pixels
 *  are averaged where the face is larger than that, and repeated at the image's edge. */
export function alignFace(source: GrayImage | RgbImage, face: FoundFace): GrayImage {
  const image = grayOf(source)
  const { width, height, eyeY, leftEyeX, rightEyeX } = faceParameters.align
  const [left, right] = eyesOf(face)
  const span = (rightEyeX - leftEyeX) * width
  // One step to the right in the crop is this step in the image; one step down is the same turned by 90°.
  const dx = (right.x - left.x) / span
  const dy = (right.y - left.y) / span
  const pixels = new Uint8Array(width * height)
  const samples = Math.max(1, Math.min(4, Math.round(Math.hypot(dx, dy))))
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      let sum = 0
      for (let i = 0; i < samples * samples; i++) {
        const a = u - leftEyeX * width + ((i % samples) + 0.5) / samples
        const b = v - eyeY * height + (Math.floor(i / samples) + 0.5) / samples
        sum += bilinear(image, left.x + a * dx - b * dy, left.y + a * dy + b * dx)
      }
      pixels[v * width + u] = Math.round(sum / (samples * samples))
    }
  }
  return { width, height, pixels }
}

function bilinear({ width, height, pixels }: GrayImage, x: number, y: number): number {
  const cx = Math.min(width - 1, Math.max(0, x))
  const cy = Math.min(height - 1, Math.max(0, y))
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)]
  const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)]
  const [fx, fy] = [cx - x0, cy - y0]
  const top = pixels[y0 * width + x0] * (1 - fx) + pixels[y0 * width + x1] * fx
  const bottom = pixels[y1 * width + x0] * (1 - fx) + pixels[y1 * width + x1] * fx
  return top * (1 - fy) + bottom * fy
}
