import { crop } from "@sourceprint/core/image/crop.js"
import { blurred } from "@sourceprint/core/image/distortion.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { Rng } from "@sourceprint/core/rng.js"

/** What a touch can suffer, simulated on a real image. `reference` is done to the other image of the pair. */
export interface Damage {
  readonly name: string
  probe(image: GrayImage): GrayImage
  reference?(image: GrayImage): GrayImage
}

const sized = (image: GrayImage, scale: number): GrayImage =>
  resize(image, Math.round(image.width * scale), Math.round(image.height * scale))
/** The same without a word about its resolution. */
const untagged = ({ width, height, pixels }: GrayImage): GrayImage => ({ width, height, pixels })

export const damages: readonly Damage[] = [
  {
    name: "half overlap",
    probe: (image) => part(image, 1 / 3, 1),
    reference: (image) => part(image, 0, 2 / 3),
  },
  { name: "crop 128 × 128", probe: (image) => middle(image, 128) },
  { name: "half of the print", probe: (image) => part(image, 0, 1 / 2) },
  { name: "wet", probe: wet },
  { name: "distorted", probe: distorted },
  { name: "scale -10 %", probe: (image) => ({ ...sized(image, 0.9), ...dpiOf(image) }) },
  { name: "scale +10 %", probe: (image) => ({ ...sized(image, 1.1), ...dpiOf(image) }) },
  { name: "twice as large, untagged", probe: (image) => untagged(sized(image, 2)) },
]

/** A wrong scale: the resolution that is stated stays what it was. */
const dpiOf = ({ dpi }: GrayImage): { dpi?: number } => (dpi === undefined ? {} : { dpi })

/** First and last column in which the print has a fair contrast. */
function columnsOf(image: GrayImage): [number, number] {
  const { width, height, pixels } = image
  const contrast = Float64Array.from({ length: width }, (_, x) => {
    let sum = 0
    let squares = 0
    for (let y = 0; y < height; y++) {
      const v = pixels[y * width + x]
      sum += v
      squares += v * v
    }
    return Math.sqrt(Math.max(0, squares / height - (sum / height) ** 2))
  })
  const bound = 0.4 * Math.max(...contrast)
  const inside = [...contrast.keys()].filter((x) => contrast[x] >= bound)
  return [inside[0], inside[inside.length - 1] + 1]
}

/** The part of the print between two shares of its breadth: 0 its left, 1 its right edge. */
function part(image: GrayImage, from: number, to: number): GrayImage {
  const [left, right] = columnsOf(image)
  const x = Math.round(left + from * (right - left))
  return crop(image, x, 0, Math.max(1, Math.round(left + to * (right - left)) - x), image.height)
}

/** `side` × `side` pixels around where the print has its contrast. */
function middle(image: GrayImage, side: number): GrayImage {
  const { width, height, pixels } = image
  let [sx, sy, total] = [0, 0, 0]
  for (let y = 2; y < height; y += 2) {
    for (let x = 2; x < width; x += 2) {
      const i = y * width + x
      const weight = Math.abs(pixels[i] - pixels[i - 2]) + Math.abs(pixels[i] - pixels[i - 2 * width])
      sx += weight * x
      sy += weight * y
      total += weight
    }
  }
  const within = (centre: number, size: number): number =>
    Math.max(0, Math.min(size - side, Math.round(centre / total - side / 2)))
  return crop(image, within(sx, width), within(sy, height), Math.min(side, width), Math.min(side, height))
}

/** Ridges swell until valleys close in places: the darkest grey around each pixel, softened, and the dark greys
 *  pressed together as a saturated sensor does. */
function wet(image: GrayImage): GrayImage {
  const { width, height, pixels } = image
  const out = new Uint8Array(pixels.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let least = 255
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          least = Math.min(least, pixels[v * width + u])
        }
      }
      out[y * width + x] = least
    }
  }
  const soft = blurred({ ...image, pixels: out }, 1.5)
  const sorted = Uint8Array.from(soft.pixels).sort()
  const dark = sorted[Math.floor(0.35 * sorted.length)]
  return { ...soft, pixels: soft.pixels.map((v) => (v <= dark ? 20 + 0.15 * v : Math.round(0.7 * v))) }
}

/** Skin that was pushed and turned while its middle stuck: the plastic distortion of Cappelli, Maio and Maltoni (2001),
 *  about their strongest example. Which way depends on the picture alone. */
function distorted(image: GrayImage): GrayImage {
  const { width, height, pixels } = image
  const rng = new Rng(pixels.reduce((hash, v) => (Math.imul(hash, 31) + v) >>> 0, 7))
  const towards = rng.float() * 2 * Math.PI
  const [pushX, pushY] = [28 * Math.cos(towards), 28 * Math.sin(towards)]
  const turn = (rng.float() < 0.5 ? -1 : 1) * 0.17
  const [cx, cy] = [width / 2 + 30 * (rng.float() - 0.5), height / 2 + 30 * (rng.float() - 0.5)]
  const [stuckX, stuckY, softness] = [40, 55, 2]
  const out = new Uint8Array(pixels.length)
  for (let i = 0; i < out.length; i++) {
    const [u, v] = [(i % width) - cx, Math.floor(i / width) - cy]
    const outside = Math.hypot(u / stuckX, v / stuckY) - 1
    const loose = outside <= 0 ? 0 : outside >= softness ? 1 : 0.5 * (1 - Math.cos((Math.PI * outside) / softness))
    const x = cx + u + loose * (Math.cos(turn) * u - Math.sin(turn) * v + pushX - u)
    const y = cy + v + loose * (Math.sin(turn) * u + Math.cos(turn) * v + pushY - v)
    out[i] = bilinear(image, x, y)
  }
  return { ...image, pixels: out }
}

function bilinear({ width, height, pixels }: GrayImage, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)]
  const at = (u: number, v: number): number =>
    u < 0 || v < 0 || u >= width || v >= height ? 255 : pixels[v * width + u]
  const top = at(x0, y0) + (x - x0) * (at(x0 + 1, y0) - at(x0, y0))
  const bottom = at(x0, y0 + 1) + (x - x0) * (at(x0 + 1, y0 + 1) - at(x0, y0 + 1))
  return Math.round(top + (y - y0) * (bottom - top))
}
