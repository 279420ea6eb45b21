import { boxMean } from "@sourceprint/core/image/box-mean.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { ViewMap } from "./contact.js"
import type { Placement } from "./placement.js"
import { cos, exp, sin } from "./portable-math.js"
import { smoothNoise } from "./smooth-noise.js"

/** What somebody makes of a picture of a finger to put it on the platen. The numbers are assumptions, ordered as the
 *  materials are, not measurements: what is found with them is simulated. */
export interface ArtefactKind {
  /** Contact where it touches best, of 1 for damp skin. */
  readonly coupling: number
  /** Steepness of the edges of its ridges: printers know ink and no ink, moulds round them off. */
  readonly sharpness: number
  /** Toner, fibres, bubbles: deviation of the relief, and its size in pixels. */
  readonly grain: number
  readonly grainPx: number
  /** How much of the skin's drag, twist and stretch it follows: paper and film none. */
  readonly elasticity: number
}

export const artefactKinds = {
  laser: { coupling: 0.75, sharpness: 6, grain: 0.25, grainPx: 1, elasticity: 0 },
  inkjet: { coupling: 0.65, sharpness: 2.5, grain: 0.35, grainPx: 2.2, elasticity: 0 },
  film: { coupling: 0.9, sharpness: 8, grain: 0.05, grainPx: 1, elasticity: 0 },
  glue: { coupling: 0.85, sharpness: 2.5, grain: 0.12, grainPx: 2, elasticity: 0.25 },
  gelatine: { coupling: 1, sharpness: 2, grain: 0.06, grainPx: 2, elasticity: 0.6 },
  silicone: { coupling: 0.9, sharpness: 2, grain: 0.1, grainPx: 2, elasticity: 1 },
} as const satisfies Readonly<Record<string, ArtefactKind>>
export type ArtefactName = keyof typeof artefactKinds

/** Contact (width × height of the view, 0 air to 1 full) of an artefact made from a picture of a finger at 500 dpi,
 *  pressed as a finger would be. Nothing of the finger beyond the picture is in it: no pores that it did not show, no
 *  skin outside its frame. */
export function pressArtefact(
  picture: GrayImage,
  kind: ArtefactKind,
  placement: Placement,
  { width, height, platenX, platenY }: ViewMap,
  rng: Rng,
): Float32Array {
  const relief = reliefOf(picture)
  const grain = smoothNoise(rng.fork("grain"), width, height, kind.grainPx)
  const patches = smoothNoise(rng.fork("patches"), width, height, 34)
  const stretch = {
    x: smoothNoise(rng.fork("sx"), width, height, 80),
    y: smoothNoise(rng.fork("sy"), width, height, 80),
  }
  const turn = { cos: cos(placement.rotationRad), sin: sin(placement.rotationRad) }
  const lift = 0.5 * (placement.pressure - 0.55)
  const contact = new Float32Array(width * height)
  for (let i = 0; i < contact.length; i++) {
    const gx = platenX[i] - placement.shiftX
    const gy = platenY[i] - placement.shiftY
    const x = gx * turn.cos + gy * turn.sin
    const y = -gx * turn.sin + gy * turn.cos
    if (placement.cut !== undefined && x * placement.cut.nx + y * placement.cut.ny > placement.cut.distancePx) continue
    // As skin does (contact.ts): the middle sticks to the platen, the rim follows the drag.
    const loose = 1 - exp(-1.6 * ((x * x + y * y) / (110 * 110)))
    const twist = placement.twistRad * loose
    const u = x + kind.elasticity * (loose * placement.dragX - twist * y + 1.3 * stretch.x[i])
    const v = y + kind.elasticity * (loose * placement.dragY + twist * x + 1.3 * stretch.y[i])
    const height01 = sample(relief, picture, u + (picture.width - 1) / 2, v + (picture.height - 1) / 2)
    if (height01 === undefined) continue
    const level = 2 * (height01 - 0.5) + lift + kind.grain * grain[i] + 0.1 * patches[i]
    contact[i] = Math.min(1, kind.coupling * (1 + 0.1 * patches[i])) / (1 + exp(-2 * kind.sharpness * level))
  }
  return contact
}

/** Where the picture is dark there will be material: 0 bare to 1 ridge, the steps of the few grey levels rounded
 *  off. */
function reliefOf({ width, height, pixels }: GrayImage): Float32Array {
  const sorted = pixels.toSorted()
  const dark = sorted[Math.floor(0.05 * sorted.length)]
  const bright = Math.max(dark + 1, sorted[Math.floor(0.9 * sorted.length)])
  const smooth = boxMean({ width, height, pixels }, 1)
  return smooth.map((grey) => Math.min(1, Math.max(0, (bright - grey) / (bright - dark))))
}

/** Bilinear; undefined beyond the picture. */
function sample(relief: Float32Array, { width, height }: GrayImage, x: number, y: number): number | undefined {
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return undefined
  const i = top * width + left
  const upper = relief[i] + (x - left) * (relief[i + 1] - relief[i])
  const lower = relief[i + width] + (x - left) * (relief[i + width + 1] - relief[i + width])
  return upper + (y - top) * (lower - upper)
}
