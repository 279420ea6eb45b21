import { brightened } from "@sourceprint/core/image/brighten.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { cutPatch, type Placement } from "../cut-patch.js"
import { type FoundFace, faceInput } from "../detect-face.js"
import { faceEngine } from "../face-engine.js"
import { DESCRIPTOR_LENGTH, type EmbeddingTemplate } from "./embedding-matcher.js"
import { meanFace } from "./mean-face.js"

/** The network's input, and the share of the mean face's box that is left around it. Source: dlib, as `meanFace`. */
const SIDE_PX = 150
const PADDING = 0.25
const FIRST = 17

/** The similarity that brings the mean face nearest to these landmarks, by least squares. */
function placementOf({ landmarks }: FoundFace): Placement {
  const count = meanFace.length
  const ideal = meanFace.map(([x, y]) => ({
    x: ((PADDING + x) / (1 + 2 * PADDING) - 0.5) * SIDE_PX,
    y: ((PADDING + y) / (1 + 2 * PADDING) - 0.5) * SIDE_PX,
  }))
  const seen = landmarks.slice(FIRST)
  const middle = (points: readonly { x: number; y: number }[]): { x: number; y: number } => ({
    x: points.reduce((sum, p) => sum + p.x, 0) / count,
    y: points.reduce((sum, p) => sum + p.y, 0) / count,
  })
  const [from, to] = [middle(ideal), middle(seen)]
  let [a, b, square] = [0, 0, 0]
  ideal.forEach((point, i) => {
    const [px, py] = [point.x - from.x, point.y - from.y]
    const [qx, qy] = [seen[i].x - to.x, seen[i].y - to.y]
    a += px * qx + py * qy
    b += px * qy - py * qx
    square += px * px + py * py
  })
  a /= square
  b /= square
  return { a, b, x: to.x - a * from.x + b * from.y, y: to.y - b * from.x - a * from.y }
}

/** The template of a face that was found already: cut upright as the network's training pictures were, and the mean of
 *  its descriptor and its mirror image's. @param quality 0 to 100 */
export async function describeUpright(
  image: GrayImage | RgbImage,
  face: FoundFace,
  quality: number,
): Promise<EmbeddingTemplate> {
  const place = placementOf(face)
  const seen = brightened(image)
  const descriptor = new Float32Array(DESCRIPTOR_LENGTH)
  for (const mirrored of [false, true]) {
    const one = await descriptorOf(cutPatch(seen, SIDE_PX, place, mirrored).pixels)
    for (let i = 0; i < DESCRIPTOR_LENGTH; i++) descriptor[i] += one[i] / 2
  }
  return { descriptor, quality: Math.round(quality) }
}

async function descriptorOf(pixels: Uint8Array): Promise<Float32Array> {
  const { api, tf } = await faceEngine()
  const tensor = tf.tidy(() => {
    const channels = pixels.length === SIDE_PX * SIDE_PX ? 1 : 3
    const patch = tf.tensor3d(Float32Array.from(pixels), [SIDE_PX, SIDE_PX, channels])
    return channels === 1 ? tf.tile(patch, [1, 1, 3]) : patch
  })
  try {
    return (await api.computeFaceDescriptor(faceInput(tensor))) as Float32Array
  } finally {
    tensor.dispose()
  }
}
