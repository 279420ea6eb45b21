import { join } from "node:path"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import type { Rng } from "@sourceprint/core/rng.js"
import { detectFace } from "@sourceprint/match/face/detect-face.js"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import { type PosedFaces, posedFaces } from "@sourceprint/serve/client/recorded-face.js"
import sharp from "sharp"

/** Pictures of the ORL faces, sorted by what their heads do: the only faces at hand. Turned heads are real pictures;
 *  coming closer and closed eyes are simulated from straight ones. */
export type PosedPictures = PosedFaces<GrayImage>

/** @param folder orl_faces @param person 1 to 40 */
export async function posedPictures(folder: string, person: number): Promise<PosedPictures> {
  const numbers = Array.from({ length: 10 }, (_, i) => i + 1)
  return posedFaces(await Promise.all(numbers.map((i) => readGrayImage(join(folder, `s${person}`, `${i}.pgm`)))))
}

/** The same picture as a camera would take it again: brightness and every pixel a little off, so that no byte is
 *  alike. */
export function takenAgain({ width, height, pixels }: GrayImage, rng: Rng): GrayImage {
  const brighter = rng.below(9) - 4
  const noisy = pixels.map((value) => Math.max(0, Math.min(255, value + brighter + rng.below(5) - 2)))
  return { width, height, pixels: noisy }
}

/** Simulated: the portrait farther from or nearer to a camera that sees half as much again as the portrait; grey
 *  around. No perspective comes with it. */
export function seenFrom(image: GrayImage, scale = 1): GrayImage {
  const portrait = resize(image, Math.round(image.width * scale), Math.round(image.height * scale))
  const [width, height] = [Math.round(image.width * 1.5), Math.round(image.height * 1.5)]
  const [left, top] = [(width - portrait.width) >> 1, (height - portrait.height) >> 1]
  const pixels = new Uint8Array(width * height).fill(128)
  for (let y = 0; y < portrait.height; y++) {
    const from = y * portrait.width
    pixels.set(portrait.pixels.subarray(from, from + portrait.width), (top + y) * width + left)
  }
  return { width, height, pixels }
}

/** Simulated: skin from above and below drawn over both eyes, with a line of lashes. */
export async function closeEyes(image: GrayImage): Promise<GrayImage> {
  const { landmarks } = await detectFace(image)
  const { width, height } = image
  const pixels = Uint8Array.from(image.pixels)
  const at = (x: number, y: number): number =>
    image.pixels[Math.min(height - 1, Math.max(0, Math.round(y))) * width + x]
  for (const start of [36, 42]) {
    const eye = landmarks.slice(start, start + 6)
    const left = Math.min(...eye.map((p) => p.x)) - 1.5
    const right = Math.max(...eye.map((p) => p.x)) + 1.5
    const middle = eye.reduce((sum, p) => sum + p.y, 0) / 6
    const half = (right - left) * 0.34
    for (let x = Math.max(0, Math.floor(left)); x <= Math.min(width - 1, Math.ceil(right)); x++) {
      const share = (2 * x - left - right) / (right - left)
      if (Math.abs(share) > 1) continue
      const reach = half * Math.sqrt(1 - share * share)
      const [top, bottom] = [middle - reach, middle + 0.9 * reach]
      const [above, below] = [at(x, top - 1), at(x, bottom + 1)]
      for (let y = Math.max(0, Math.round(top)); y <= Math.min(height - 1, Math.round(bottom)); y++) {
        const down = (y - top) / Math.max(1, bottom - top)
        const lashes = 1 - 0.35 * Math.exp(-((y - middle - 0.45 * half) ** 2))
        pixels[y * width + x] = Math.round((above * (1 - down) + below * down) * lashes)
      }
    }
  }
  return { width, height, pixels }
}

/** JPEG, twice the size, as a camera's picture travels. */
export const asJpeg = async ({ width, height, pixels }: GrayImage): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .resize(2 * width, 2 * height)
      .jpeg({ quality: 92 })
      .toBuffer(),
  )

/** Pictures in the order of time, four a second, as the protocol carries them. */
export async function asFrames(images: readonly GrayImage[], rng: Rng): Promise<FaceFrame[]> {
  const frames: FaceFrame[] = []
  for (const [i, image] of images.entries()) {
    frames.push({ offsetMs: i * 250, image: await asJpeg(takenAgain(image, rng)) })
  }
  return frames
}

/** Straight look, action, straight look, and so on to a last straight look; undefined where no picture shows an
 *  action. */
export async function acted(
  { straight, turnLeft, turnRight }: PosedPictures,
  actions: readonly LivenessAction[],
  rng: Rng,
): Promise<GrayImage[] | undefined> {
  const portrait = (i: number): GrayImage => straight[i % straight.length]
  const look = (i: number): GrayImage => seenFrom(portrait(i))
  const images = [look(0)]
  for (const [i, action] of actions.entries()) {
    const turned = action === "turnLeft" ? turnLeft : turnRight
    if (action === "moveCloser") images.push(seenFrom(portrait(i), 1.45))
    else if (action === "blink") images.push(seenFrom(await closeEyes(portrait(i))))
    else if (turned.length === 0) return undefined
    else images.push(seenFrom(rng.pick(turned)))
    images.push(look(i + 1))
  }
  return images
}
