import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { blurred } from "@sourceprint/core/image/distortion.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { Rng } from "@sourceprint/core/rng.js"

/** A picture without a finger. Pictures of one `subject` are not independent: splits go by subject. */
export interface NonFinger {
  readonly kind: string
  readonly subject: string
  readonly image: GrayImage
}

const data = "../shared/data"
const width = 320
const height = 360

const painted = (grey: (x: number, y: number) => number, w = width, h = height): GrayImage => {
  const image = grayImage(w, h)
  for (let i = 0; i < image.pixels.length; i++) {
    image.pixels[i] = Math.max(0, Math.min(255, Math.round(grey(i % w, Math.floor(i / w)))))
  }
  return image
}

/** White noise, and noise blurred to grains of several sizes, stretched to full contrast. */
function noise(rng: Rng, sigmaPx: number): GrayImage {
  const raw = painted(() => 128 + 60 * rng.normal())
  if (sigmaPx === 0) return raw
  const soft = blurred(raw, sigmaPx)
  return stretched(soft)
}

function stretched(image: GrayImage): GrayImage {
  const sorted = Uint8Array.from(image.pixels).sort()
  const low = sorted[Math.floor(0.01 * sorted.length)]
  const high = Math.max(low + 1, sorted[Math.floor(0.99 * sorted.length)])
  const pixels = image.pixels.map((v) => Math.max(0, Math.min(255, (255 * (v - low)) / (high - low))))
  return { ...image, pixels }
}

/** Weaves, bricks, tiles, dots, stripes and wood, each with its own scale, turn and noise. */
function texture(rng: Rng, kind: string): GrayImage {
  const turn = rng.float() * Math.PI
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const scale = 3 + 20 * rng.float()
  const grain = 2 + 25 * rng.float()
  const wave = (t: number): number => Math.cos((2 * Math.PI * t) / scale)
  const bend = 10 * rng.float()
  const at = (u: number, v: number): number => {
    switch (kind) {
      case "weave":
        return 60 * wave(u) * wave(v)
      case "bricks":
        return (v / scale) % 1 < 0.15 || ((u + scale * (Math.floor(v / scale) % 2)) / (2 * scale)) % 1 < 0.08 ? 60 : -30
      case "tiles":
        return (Math.floor(u / scale) + Math.floor(v / scale)) % 2 === 0 ? 60 : -60
      case "dots":
        return Math.hypot((u % scale) - scale / 2, (v % scale) - scale / 2) < 0.3 * scale ? -80 : 30
      case "stripes":
        return 60 * wave(u)
      default:
        return 60 * wave(Math.hypot(u, v / 4) + bend * Math.sin(v / 40)) // wood
    }
  }
  return painted((x, y) => 128 + at(cos * x + sin * y + 500, cos * y - sin * x + 500) + grain * rng.normal())
}

/** Lines of made-up letters: strokes on a grid of places, as printed, or as written by hand. */
function page(rng: Rng): GrayImage {
  const line = 9 + rng.below(22)
  const letter = Math.max(4, Math.round(line * (0.4 + 0.3 * rng.float())))
  const paper = painted(() => 235 + 4 * rng.normal())
  const slant = 0.4 * rng.float()
  for (let top = 4; top + line < height; top += line) {
    for (let left = 6; left + letter < width; left += letter) {
      if (rng.float() < 0.16) continue
      for (let stroke = 0; stroke < 3; stroke++) {
        const [x0, y0, x1, y1] = [rng.float(), rng.float(), rng.float(), rng.float()]
        const steps = 2 * letter
        for (let s = 0; s <= steps; s++) {
          const v = (y0 + ((y1 - y0) * s) / steps) * line * 0.65
          const x = Math.round(left + (x0 + ((x1 - x0) * s) / steps) * letter * 0.85 - slant * v)
          const y = Math.round(top + v)
          if (x >= 0 && x < width && y < height) paper.pixels[y * width + x] = 30 + rng.below(40)
        }
      }
    }
  }
  return rng.float() < 0.5 ? paper : blurred(paper, 0.7)
}

/** A simulated photograph: overlapping soft discs of many sizes on a gradient. */
function scene(rng: Rng): GrayImage {
  const discs = Array.from({ length: 60 }, () => [
    rng.below(width),
    rng.below(height),
    8 + rng.below(90),
    rng.below(256),
  ])
  return painted((x, y) => {
    let grey = 60 + (120 * y) / height
    for (const [cx, cy, r, g] of discs) {
      const d = Math.hypot(x - cx, y - cy) / r
      if (d < 1) grey += (g - grey) * Math.min(1, 4 * (1 - d))
    }
    return grey + 4 * rng.normal()
  })
}

const textures = ["weave", "bricks", "tiles", "dots", "stripes", "wood"]

/** Everything made by program, `count` of each kind, the same for the same seed. */
export function* madeNonFingers(seed: string, count: number): Generator<NonFinger> {
  const rng = new Rng(seed)
  for (let n = 0; n < count; n++) {
    const subject = `${seed}${n}`
    yield { kind: "noise", subject, image: noise(rng, 0) }
    yield { kind: "soft noise", subject, image: noise(rng, 0.7 + 4 * rng.float()) }
    yield { kind: "page", subject, image: page(rng) }
    yield { kind: "scene", subject, image: scene(rng) }
    for (const kind of textures) yield { kind, subject, image: texture(rng, kind) }
  }
}

/** Faces at the size they have and, small ones, enlarged as well; every `every`-th image. */
export async function* photographedNonFingers(every: number): AsyncGenerator<NonFinger> {
  let place = 0
  const wanted = (): boolean => place++ % every === 0
  for (const folder of foldersIn("orl_faces")) {
    for (const file of filesIn(join("orl_faces", folder))) {
      if (!wanted()) continue
      const image = await readGrayImage(join(data, "orl_faces", folder, file))
      const subject = `orl ${folder}`
      yield { kind: "face", subject, image }
      yield { kind: "face, enlarged", subject, image: resize(image, 3 * image.width, 3 * image.height) }
    }
  }
  for (const file of filesIn("faces_colour")) {
    const image = await readGrayImage(join(data, "faces_colour", file))
    if (wanted()) yield { kind: "colour face", subject: file.slice(0, 3), image }
  }
  for (const folder of foldersIn("replay")) {
    for (const file of filesIn(join("replay", folder))) {
      if (!wanted()) continue
      const image = await readGrayImage(join(data, "replay", folder, file))
      yield { kind: "video frame", subject: folder.slice(0, 4), image }
    }
  }
}

const filesIn = (folder: string): string[] =>
  existsSync(join(data, folder))
    ? readdirSync(join(data, folder))
        .filter((file) => /\.(pgm|jpg|png)$/.test(file))
        .sort()
    : []
const foldersIn = (folder: string): string[] =>
  existsSync(join(data, folder))
    ? readdirSync(join(data, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : []
