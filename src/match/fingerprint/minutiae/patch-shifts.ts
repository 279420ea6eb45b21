import { map, rigidity } from "./parameters.js"
import { cellAt, type PrintView } from "./print-view.js"
import { type RidgePlane, ridgeAt } from "./ridge-plane.js"
import type { RigidMotion } from "./rigid-motion.js"

/** How far the ridges of the probe lie from those of the reference at one place, measured across the ridges. */
export interface PatchShift {
  /** In the reference, pixels. */
  readonly x: number
  readonly y: number
  /** Across the ridges, unit length. */
  readonly nx: number
  readonly ny: number
  /** Pixels along (nx, ny), to a fraction of a pixel. */
  readonly shiftPx: number
  /** Agreement of the ridges once shifted, -1 to 1. */
  readonly peak: number
}

export interface PlacedPrint {
  readonly view: PrintView
  readonly plane: RidgePlane
}

const shiftCount = 2 * Math.round(rigidity.maxShiftPx / rigidity.shiftStepPx) + 1

/** Measures on a grid over the overlap of the probe `b`, placed by `motion`, and the reference `a`. */
export function patchShifts(a: PlacedPrint, b: PlacedPrint, { cos, sin, dx, dy }: RigidMotion): PatchShift[] {
  const covered = b.view.period.reduce((sum, period) => sum + (period > 0 ? 1 : 0), 0)
  const stride = Math.max(2, Math.ceil(Math.sqrt(covered / rigidity.maxPatches)))
  const found: PatchShift[] = []
  for (let row = stride >> 1; row < b.view.rows; row += stride) {
    for (let col = stride >> 1; col < b.view.cols; col += stride) {
      if (b.view.period[row * b.view.cols + col] === 0) continue
      const bx = (col + 0.5) * map.cellPx
      const by = (row + 0.5) * map.cellPx
      const x = cos * bx - sin * by + dx
      const y = sin * bx + cos * by + dy
      const cellA = cellAt(a.view, x, y)
      if (cellA < 0) continue
      const normal = (a.view.orientation[cellA] / 256) * Math.PI + Math.PI / 2
      const [nx, ny] = [Math.cos(normal), Math.sin(normal)]
      const across = { nx, ny, mx: cos * nx + sin * ny, my: cos * ny - sin * nx }
      found.push({ x, y, nx, ny, ...shiftHere(a.plane, b.plane, { x, y, bx, by, ...across }) })
    }
  }
  return found
}

interface Place {
  readonly x: number
  readonly y: number
  readonly bx: number
  readonly by: number
  /** Across the ridges in the reference and in the probe. */
  readonly nx: number
  readonly ny: number
  readonly mx: number
  readonly my: number
}

const { halfLines, halfSamples, samplePx, shiftStepPx, maxShiftPx } = rigidity
const samples = 2 * halfSamples + 1
/** Samples are whole steps of the shift apart, so that one profile of the reference serves every shift. */
const stepsPerSample = Math.round(samplePx / shiftStepPx)
const profile = new Float64Array((samples - 1) * stepsPerSample + shiftCount)
const probed = new Float64Array(samples)

/** The shift at which a patch of the probe agrees best with the reference, between samples by a parabola. */
function shiftHere(a: RidgePlane, b: RidgePlane, place: Place): Pick<PatchShift, "shiftPx" | "peak"> {
  const { x, y, bx, by, nx, ny, mx, my } = place
  const products = new Float64Array(shiftCount)
  const middle = (shiftCount - 1) / 2
  let powerA = 0
  let powerB = 0
  for (let line = -halfLines; line <= halfLines; line++) {
    const along = line * samplePx
    for (let i = 0; i < profile.length; i++) {
      const across = i * shiftStepPx - maxShiftPx - halfSamples * samplePx
      profile[i] = ridgeAt(a, x + across * nx - along * ny, y + across * ny + along * nx)
    }
    for (let k = 0; k < samples; k++) {
      const across = (k - halfSamples) * samplePx
      probed[k] = ridgeAt(b, bx + across * mx - along * my, by + across * my + along * mx)
      powerB += probed[k] * probed[k]
      powerA += profile[k * stepsPerSample + middle] ** 2
    }
    for (let s = 0; s < shiftCount; s++) {
      let sum = 0
      for (let k = 0; k < samples; k++) sum += probed[k] * profile[k * stepsPerSample + s]
      products[s] += sum
    }
  }
  let best = 0
  for (let s = 1; s < shiftCount; s++) if (products[s] > products[best]) best = s
  const [before, at, after] = [products[best - 1] ?? 0, products[best], products[best + 1] ?? 0]
  const bend = before - 2 * at + after
  const inner = best > 0 && best < shiftCount - 1 && bend < 0
  const between = inner ? (0.5 * (before - after)) / bend : 0
  return {
    shiftPx: (best + between) * shiftStepPx - maxShiftPx,
    peak: at / Math.max(1e-9, Math.sqrt(powerA * powerB)),
  }
}
