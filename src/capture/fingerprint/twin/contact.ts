import type { Rng } from "@sourceprint/core/rng.js"
import type { Finger } from "./finger.js"
import type { Placement } from "./placement.js"
import { cos, exp, sin } from "./portable-math.js"
import { smoothNoise } from "./smooth-noise.js"

/** Where each pixel of the scanner looks on the platen: pixels at 500 dpi from the middle of the window, y down. */
export interface ViewMap {
  readonly width: number
  readonly height: number
  readonly platenX: Float32Array
  readonly platenY: Float32Array
}

/** How much of each pixel is touched by skin in one press: 0 air, 1 full contact.
 *  @returns contact (width × height of the view, row-major) and the share of the window inside the finger's outline */
export function pressFinger(
  finger: Finger,
  placement: Placement,
  view: ViewMap,
  rng: Rng,
): { readonly contact: Float32Array; readonly coverage: number } {
  const { width, height } = view
  const { plan } = finger
  const dry = Math.max(0, -placement.moisture)
  const wet = Math.max(0, placement.moisture)
  const grain = smoothNoise(rng.fork("grain"), width, height, 2.2)
  const patches = smoothNoise(rng.fork("patches"), width, height, 34)
  const outline = smoothNoise(rng.fork("outline"), width, height, 26)
  const stretch = {
    x: smoothNoise(rng.fork("sx"), width, height, 80),
    y: smoothNoise(rng.fork("sy"), width, height, 80),
  }
  const reach = 0.74 + 0.32 * placement.pressure
  const halfWidth = plan.halfWidthPx * reach
  const halfHeight = plan.halfHeightPx * reach
  const turn = { cos: cos(placement.rotationRad), sin: sin(placement.rotationRad) }
  // Height of skin that still touches: more ridge share, pressure and sweat lower the limit.
  const lift = 2.6 * (plan.ridgeShare - 0.5) + 0.75 * (placement.pressure - 0.55) + 0.42 * wet - 0.38 * dry
  const grainSize = 0.2 + 0.42 * dry
  const patchSize = 0.16 + 0.14 * wet + 0.1 * dry
  const sharpness = 1 / (0.36 + 0.1 * wet)
  const firmness = 0.8 + 0.2 * placement.pressure + 0.08 * wet - 0.12 * dry
  const contact = new Float32Array(width * height)
  let covered = 0
  for (let i = 0; i < contact.length; i++) {
    // From the platen to the finger: undo the shift, then the rotation.
    const gx = view.platenX[i] - placement.shiftX
    const gy = view.platenY[i] - placement.shiftY
    let x = gx * turn.cos + gy * turn.sin
    let y = -gx * turn.sin + gy * turn.cos
    const u = x / halfWidth
    const v = y / halfHeight
    const inside = 1 - Math.sqrt(u * u + v * v) + 0.035 * outline[i]
    let edgePx = inside * halfWidth
    if (placement.cut !== undefined) {
      const past = placement.cut.distancePx - x * placement.cut.nx - y * placement.cut.ny
      edgePx = Math.min(edgePx, past + 5 * outline[i])
    }
    if (edgePx <= -2) continue
    if (edgePx > 0) covered++
    // The middle sticks to the platen, the rim follows the drag.
    const loose = 1 - exp(-1.6 * (u * u + v * v))
    const twist = placement.twistRad * loose
    const px = x + loose * placement.dragX - twist * y + 1.3 * stretch.x[i]
    const py = y + loose * placement.dragY + twist * x + 1.3 * stretch.y[i]
    x = px + finger.width / 2
    y = py + finger.height / 2
    const rim = Math.max(0, 1 - edgePx / 26)
    const level =
      reliefAt(finger, x, y) +
      lift +
      patchSize * patches[i] +
      grainSize * grain[i] -
      1.15 * rim * rim -
      (edgePx < 0 ? 1 : 0)
    // Light leaks through thin contact: firm, damp skin couples better and looks darker.
    const coupling = firmness + 0.1 * patches[i] + 0.04 * grain[i] - 0.25 * rim
    contact[i] = Math.min(1, Math.max(0, coupling)) / (1 + exp(-2 * sharpness * level))
  }
  smudge(contact, placement, width, height)
  return { contact, coverage: covered / contact.length }
}

/** Bilinear; beyond the master print nothing touches. */
function reliefAt(finger: Finger, x: number, y: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < 0 || top < 0 || left + 1 >= finger.width || top + 1 >= finger.height) return -3
  const fx = x - left
  const fy = y - top
  const i = top * finger.width + left
  const { relief, width } = finger
  const upper = relief[i] + fx * (relief[i + 1] - relief[i])
  const lower = relief[i + width] + fx * (relief[i + width + 1] - relief[i + width])
  return upper + fy * (lower - upper)
}

/** A slip while the shutter was open: the mean along a short path. */
function smudge(contact: Float32Array, { smudgePx, smudgeRad }: Placement, width: number, height: number): void {
  if (smudgePx <= 0) return
  const sharp = contact.slice()
  const steps = Math.ceil(smudgePx)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let n = 0; n <= steps; n++) {
        const s = (n / steps - 0.5) * smudgePx
        const px = Math.min(width - 1, Math.max(0, Math.floor(x + s * cos(smudgeRad) + 0.5)))
        const py = Math.min(height - 1, Math.max(0, Math.floor(y + s * sin(smudgeRad) + 0.5)))
        sum += sharp[py * width + px]
      }
      contact[y * width + x] = sum / (steps + 1)
    }
  }
}
