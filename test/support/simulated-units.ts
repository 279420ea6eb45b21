import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"

export const SIDE_PX = 128
const patterns = Array.from({ length: 3 }, (_, unit) => {
  const rng = new Rng(`pattern ${unit}`)
  return Float32Array.from({ length: SIDE_PX * SIDE_PX }, () => rng.normal())
})

export interface UnitTouch {
  readonly unit: number
  /** A touch of its own: other ridges, other noise. */
  readonly touch: number
  /** At this row the read-out loses two. */
  readonly lostAt?: number
  readonly mark?: boolean
}

/** Simulated: ridges, sensor noise of deviation 3, and the unit's fixed pattern of deviation 1.5. */
export function simulatedTouch({ unit, touch, lostAt = SIDE_PX, mark = false }: UnitTouch): GrayImage {
  const rng = new Rng(`touch ${unit} ${touch}`)
  const [angle, phase, period] = [Math.PI * rng.float(), 7 * rng.float(), 7 + 3 * rng.float()]
  const pixels = Uint8Array.from({ length: SIDE_PX * SIDE_PX }, (_, i) => {
    const [x, row] = [i % SIDE_PX, Math.floor(i / SIDE_PX)]
    const y = Math.min(SIDE_PX - 1, row >= lostAt ? row + 2 : row)
    const ridge = Math.sin(phase + (2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle))) / period)
    const dark = mark && x >= 50 && x < 80 && y >= 60 && y < 90 ? 60 : 0
    return 150 - dark + 40 * ridge + 1.5 * patterns[unit][y * SIDE_PX + x] + 3 * rng.normal()
  })
  return { width: SIDE_PX, height: SIDE_PX, pixels }
}
