import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { layerUri } from "@sourceprint/report/image-uri.js"

/** What a matcher saw, as transparent layers over the image it was given. Traces are plain values under fixed keys;
 *  keys that a matcher does not record give no layer. */
export interface SeenLayers {
  readonly name: string
  readonly image: string
}

interface Placed {
  readonly x: number
  readonly y: number
  readonly angleRad?: number
}

/** RGBA canvas of the size of the image shown. */
class Layer {
  readonly rgba: Uint8Array
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.rgba = new Uint8Array(width * height * 4)
  }

  dot(x: number, y: number, [r, g, b]: Colour): void {
    const [px, py] = [Math.round(x), Math.round(y)]
    if (px < 0 || py < 0 || px >= this.width || py >= this.height) return
    this.rgba.set([r, g, b, 255], (py * this.width + px) * 4)
  }

  line(x0: number, y0: number, x1: number, y1: number, colour: Colour): void {
    const steps = Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1))
    for (let i = 0; i <= steps; i++) this.dot(x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps, colour)
  }

  ring(x: number, y: number, radius: number, colour: Colour): void {
    for (let a = 0; a < 32; a++) {
      this.dot(x + radius * Math.cos((a * Math.PI) / 16), y + radius * Math.sin((a * Math.PI) / 16), colour)
    }
  }

  uri(): Promise<string> {
    return layerUri(this.width, this.height, this.rgba)
  }
}
type Colour = readonly [number, number, number]
const RED: Colour = [230, 40, 40]
const BLUE: Colour = [30, 110, 240]
const GREEN: Colour = [20, 160, 70]

const isPicture = (value: unknown): value is { width: number; height: number; pixels: ArrayLike<number> } =>
  typeof value === "object" && value !== null && "width" in value && "pixels" in value

/** Values of a plane or picture, whatever its field is called. */
function pictureOf(value: unknown): { width: number; height: number; values: ArrayLike<number> } | undefined {
  if (isPicture(value)) return { width: value.width, height: value.height, values: value.pixels }
  if (typeof value === "object" && value !== null && "width" in value && "values" in value) {
    return value as { width: number; height: number; values: ArrayLike<number> }
  }
  return undefined
}

interface Values {
  readonly width: number
  readonly height: number
  readonly values: ArrayLike<number>
}

/** A short stroke along the ridges in every second cell of the field (cosine and sine of the doubled ridge angle). */
function orientationLayer(
  image: GrayImage,
  { cos, sin }: { cos: Values; sin: Values },
  widthPx: number,
): Promise<string> {
  const layer = new Layer(image.width, image.height)
  const cell = widthPx / cos.width
  const step = Math.max(1, Math.round(12 / cell))
  for (let row = 0; row < cos.height; row += step) {
    for (let col = 0; col < cos.width; col += step) {
      const at = row * cos.width + col
      const [c, s] = [cos.values[at] ?? 0, sin.values[at] ?? 0]
      if (Math.hypot(c, s) < 0.2) continue
      const angle = Math.atan2(s, c) / 2
      const [x, y] = [(col + 0.5) * cell, (row + 0.5) * cell]
      const [dx, dy] = [5 * Math.cos(angle), 5 * Math.sin(angle)]
      layer.line(x - dx, y - dy, x + dx, y + dy, GREEN)
    }
  }
  return layer.uri()
}

/** Layers of one image: skeleton, minutiae (ring and direction) and the places that were paired.
 *  @param scale pixels of `image` a pixel of the trace (the matcher may have resampled to 500 dpi) */
export async function seenLayers(
  image: GrayImage,
  entries: ReadonlyMap<string, unknown>,
  paired: readonly Placed[],
): Promise<SeenLayers[]> {
  const layers: SeenLayers[] = []
  const skeleton = pictureOf(entries.get("skeleton"))
  const scale = skeleton === undefined ? 1 : image.width / skeleton.width
  if (skeleton !== undefined) {
    const layer = new Layer(image.width, image.height)
    for (let at = 0; at < skeleton.width * skeleton.height; at++) {
      if (skeleton.values[at] !== 0) {
        layer.dot((at % skeleton.width) * scale, Math.floor(at / skeleton.width) * scale, BLUE)
      }
    }
    layers.push({ name: "skeleton", image: await layer.uri() })
  }
  const field = entries.get("orientation") as { cos: Values; sin: Values } | undefined
  if (field?.cos !== undefined && skeleton !== undefined) {
    layers.push({ name: "orientation", image: await orientationLayer(image, field, skeleton.width * scale) })
  }
  const points = (entries.get("minutiae") ?? entries.get("keypoints")) as readonly Placed[] | undefined
  if (points !== undefined) {
    const layer = new Layer(image.width, image.height)
    for (const { x, y, angleRad } of points) {
      layer.ring(x * scale, y * scale, 4, RED)
      if (angleRad === undefined) continue
      layer.line(
        x * scale,
        y * scale,
        (x + 10 * Math.cos(angleRad)) * scale,
        (y + 10 * Math.sin(angleRad)) * scale,
        RED,
      )
    }
    layers.push({ name: "minutiae", image: await layer.uri() })
  }
  const turns = (entries.get("singularities") ?? []) as readonly (Placed & { readonly kind: string })[]
  if (turns.length > 0) {
    const layer = new Layer(image.width, image.height)
    for (const { x, y, kind } of turns) {
      for (const radius of [7, 8]) layer.ring(x * scale, y * scale, radius, kind === "core" ? RED : BLUE)
    }
    layers.push({ name: "cores (red) and deltas (blue)", image: await layer.uri() })
  }
  const layer = new Layer(image.width, image.height)
  for (const [i, { x, y }] of paired.entries()) {
    for (let radius = 3; radius <= 6; radius++) layer.ring(x * scale, y * scale, radius, GREEN)
    const next = paired[i + 1]
    if (next !== undefined) layer.line(x * scale, y * scale, next.x * scale, next.y * scale, GREEN)
  }
  if (paired.length > 0) layers.push({ name: "pairing", image: await layer.uri() })
  return layers
}
