import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"

interface Solid {
  readonly x: number
  readonly y: number
  /** Toward the camera. */
  readonly z: number
}
/** Where a place of the picture (u to the right, v down; the picture is 1 wide) lies in space. */
export type Sheet = (u: number, v: number) => Solid

export const flatSheet: Sheet = (u, v) => ({ x: u, y: v, z: 0 })

/** Bent about an axis through the middle, `angleRad` from the upright one, with its middle toward the camera.
 *  @param radius in widths of the picture */
export const bentSheet =
  (radius: number, angleRad: number): Sheet =>
  (u, v) => {
    const [c, s] = [Math.cos(angleRad), Math.sin(angleRad)]
    const across = u * c + v * s
    const along = v * c - u * s
    const [bent, z] = [radius * Math.sin(across / radius), radius * (Math.cos(across / radius) - 1)]
    return { x: bent * c - along * s, y: bent * s + along * c, z }
  }

/** Folded along an upright line near the nose, which comes toward the camera. */
export const foldedSheet =
  (angleRad: number, line: number): Sheet =>
  (u, v) => ({
    x: line + (u - line) * Math.cos(angleRad),
    y: v,
    z: -Math.abs(u - line) * Math.sin(angleRad),
  })

/** How a photograph is held to a camera; angles in radians, distance in widths of the picture. */
export interface Hold {
  readonly yaw?: number
  readonly pitch?: number
  readonly roll?: number
  readonly distance?: number
  /** Larger or smaller in the camera's picture. */
  readonly zoom?: number
  readonly shiftX?: number
  readonly shiftY?: number
  readonly sheet?: Sheet
}

const WIDTH = 184
const HEIGHT = 224
const FINENESS = 5
const BACKGROUND = 128

/** Simulated: what a pinhole camera sees of a photograph held so, 184 × 224. The nearest of several layers is seen. */
export function heldPhoto(photo: GrayImage, hold: Hold): GrayImage {
  const { yaw = 0, pitch = 0, roll = 0, distance = 4, zoom = 1, shiftX = 0, shiftY = 0, sheet = flatSheet } = hold
  const { width, height, pixels } = photo
  const focal = distance * WIDTH * 0.8 * zoom
  const sum = new Float64Array(WIDTH * HEIGHT)
  const count = new Uint16Array(WIDTH * HEIGHT)
  const nearest = new Float64Array(WIDTH * HEIGHT).fill(Number.POSITIVE_INFINITY)
  const [cy, sy, cp, sp, cr, sr] = [yaw, pitch, roll].flatMap((a) => [Math.cos(a), Math.sin(a)])
  for (let j = 0; j < height * FINENESS; j++) {
    const row = Math.min(height - 1, (j / FINENESS) | 0) * width
    const v = (((j + 0.5) / (FINENESS * height) - 0.5) * height) / width
    for (let i = 0; i < width * FINENESS; i++) {
      const place = sheet((i + 0.5) / (FINENESS * width) - 0.5, v)
      const x = place.x * cy + place.z * sy
      const back = place.z * cy - place.x * sy
      const y = place.y * cp - back * sp
      const depth = distance - (place.y * sp + back * cp)
      const column = Math.floor(WIDTH / 2 + shiftX + (focal * (x * cr - y * sr)) / depth)
      const line = Math.floor(HEIGHT / 2 + shiftY + (focal * (x * sr + y * cr)) / depth)
      if (column < 0 || line < 0 || column >= WIDTH || line >= HEIGHT) continue
      const at = line * WIDTH + column
      if (depth > nearest[at] + 0.02) continue
      if (depth < nearest[at] - 0.02) {
        sum[at] = 0
        count[at] = 0
      }
      nearest[at] = Math.min(nearest[at], depth)
      sum[at] += pixels[row + Math.min(width - 1, (i / FINENESS) | 0)]
      count[at]++
    }
  }
  const seen = Uint8Array.from(sum, (total, at) => (count[at] === 0 ? BACKGROUND : Math.round(total / count[at])))
  return { width: WIDTH, height: HEIGHT, pixels: seen }
}

/** Ways to make a photograph look alive; each call is another try. `toward` is where the head is asked to turn: +1 to
 *  the image's right, -1 to its left, 0 for no turn. */
export const photoTricks: Readonly<Record<string, (toward: number, rng: Rng) => Hold>> = {
  still: () => ({}),
  shifted: (_, rng) => ({ shiftX: rng.between(-30, 30), shiftY: rng.between(-25, 25) }),
  scaled: (_, rng) => ({ zoom: rng.between(0.75, 1.4) }),
  rotated: (_, rng) => ({ roll: rng.between(-0.35, 0.35) }),
  tilted: (toward, rng) => ({
    yaw: toward * rng.between(0.2, 1) * rng.pick([1, 1, -1]),
    pitch: rng.between(-0.4, 0.4),
    distance: rng.between(1.3, 4),
  }),
  "bent slightly": (toward, rng) => ({
    yaw: toward * rng.between(0.2, 0.8) * rng.pick([1, -1]),
    distance: rng.between(1.5, 4),
    sheet: bentSheet(rng.between(1, 2), rng.between(-0.8, 0.8)),
  }),
  "bent to a tube": (toward, rng) => ({
    yaw: toward * rng.between(0.2, 0.8) * rng.pick([1, -1]),
    distance: rng.between(1.5, 4),
    sheet: bentSheet(rng.between(0.35, 0.7), rng.between(-0.3, 0.3)),
  }),
  "folded at the nose": (toward, rng) => ({
    yaw: toward * rng.between(0.2, 0.8) * rng.pick([1, -1]),
    distance: rng.between(1.5, 4),
    sheet: foldedSheet(rng.between(0.2, 0.9), rng.between(-0.05, 0.05)),
  }),
  "a curved card, turned and moved": (toward, rng) => ({
    yaw: toward * rng.between(0.1, 0.9) * rng.pick([1, 1, -1]),
    pitch: rng.between(-0.3, 0.3),
    roll: rng.between(-0.25, 0.25),
    shiftX: rng.between(-20, 20),
    shiftY: rng.between(-15, 15),
    zoom: rng.between(0.85, 1.15),
    distance: rng.between(1.3, 4),
    sheet: bentSheet(rng.between(0.4, 1.2), rng.between(-1.57, 1.57)),
  }),
  "bent to a tube, askew": (toward, rng) => ({
    yaw: toward * rng.between(0.1, 1) * rng.pick([1, -1]),
    pitch: rng.between(-0.3, 0.3),
    distance: rng.between(1.3, 4),
    sheet: bentSheet(rng.between(0.3, 0.6), rng.between(-0.5, 0.5)),
  }),
}
