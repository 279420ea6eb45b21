import { evidence } from "./evidence.js"
import { rigidity } from "./parameters.js"
import { type PatchShift, type PlacedPrint, patchShifts } from "./patch-shifts.js"
import { pointsOf, wrap } from "./points.js"
import { hasRidges, type PrintView } from "./print-view.js"
import { ridgePlane } from "./ridge-plane.js"
import { fitMotion, type RigidMotion } from "./rigid-motion.js"

/** How far the ridges of two prints of one finger stay from each other under the best rigid placement, pixels: what 80
 *  % of the places keep within. Skin is stretched again in every touch; a picture of a touch, moved and turned, is not.
 *  Undefined where the prints do not pair or overlap too little to say. */
export function rigidOverlay(a: PrintView, b: PrintView): number | undefined {
  if (!hasRidges(a) || !hasRidges(b)) return undefined
  let motion = motionOfMinutiae(a, b)
  if (motion === undefined) return undefined
  const placedA: PlacedPrint = { view: a, plane: ridgePlane(a) }
  const placedB: PlacedPrint = { view: b, plane: ridgePlane(b) }
  let deviationPx: number | undefined
  for (let round = 0; round < rigidity.rounds; round++) {
    const shifts = patchShifts(placedA, placedB, motion).filter(({ peak }) => peak >= rigidity.minPeak)
    if (shifts.length < rigidity.minPatches) return undefined
    const fitted = fitShifts(shifts)
    deviationPx = fitted.deviationPx
    // Far from rigid already: further rounds would not make a copy of it.
    if (deviationPx > rigidity.hopelessPx) return deviationPx
    motion = moved(motion, fitted)
  }
  return deviationPx
}

/** The rigid motion that the most consistent three quarters of the paired minutiae tell. */
function motionOfMinutiae(a: PrintView, b: PrintView): RigidMotion | undefined {
  const found = evidence(a, b)
  if (found === undefined || found.pairs < rigidity.minPairs) return undefined
  const [pa, pb] = [pointsOf(a), pointsOf(b)]
  const pairs = found.pairing.a.map((i, k) => {
    const j = found.pairing.b[k]
    const turnRad = wrap(pa.angle[i] - pb.angle[j])
    return { ax: pa.x[i], ay: pa.y[i], bx: pb.x[j], by: pb.y[j], turnRad, weight: 1 }
  })
  let motion = fitMotion(pairs, 0)
  for (let round = 0; round < rigidity.trimRounds; round++) {
    const { cos, sin, dx, dy } = motion
    const gaps = pairs.map(({ ax, ay, bx, by }) =>
      Math.hypot(cos * bx - sin * by + dx - ax, sin * bx + cos * by + dy - ay),
    )
    const limit = gaps.toSorted((p, q) => p - q)[Math.floor(0.75 * gaps.length)]
    motion = fitMotion(
      pairs.filter((_, k) => gaps[k] <= limit),
      0,
    )
  }
  return motion
}

interface FittedShifts {
  /** Where the turn has its centre, and what to add there. */
  readonly cx: number
  readonly cy: number
  readonly tx: number
  readonly ty: number
  readonly turnRad: number
  readonly deviationPx: number
}

const LEVER_PX = 50 // brings the turn to the size of the shifts

/** Least squares for the small motion that explains the shifts across the ridges, outliers left out in rounds. */
function fitShifts(shifts: readonly PatchShift[]): FittedShifts {
  const cx = shifts.reduce((sum, { x }) => sum + x, 0) / shifts.length
  const cy = shifts.reduce((sum, { y }) => sum + y, 0) / shifts.length
  const row = ({ x, y, nx, ny }: PatchShift) => [nx, ny, (ny * (x - cx) - nx * (y - cy)) / LEVER_PX] as const
  let kept = shifts
  let solution: readonly number[] = [0, 0, 0]
  let left: number[] = []
  for (let round = 0; round < rigidity.trimRounds; round++) {
    const normal = [
      [1e-6, 0, 0, 0],
      [0, 1e-6, 0, 0],
      [0, 0, 1e-6, 0],
    ]
    for (const shift of kept) {
      const f = row(shift)
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) normal[i][j] += f[i] * f[j]
        normal[i][3] += f[i] * shift.shiftPx
      }
    }
    solution = solved(normal)
    left = shifts.map((shift) => {
      const f = row(shift)
      return Math.abs(shift.shiftPx - f[0] * solution[0] - f[1] * solution[1] - f[2] * solution[2])
    })
    const limit = left.toSorted((p, q) => p - q)[Math.floor(0.85 * left.length)]
    kept = shifts.filter((_, k) => left[k] <= limit)
  }
  const deviationPx = left.toSorted((p, q) => p - q)[Math.floor(0.8 * left.length)]
  return { cx, cy, tx: solution[0], ty: solution[1], turnRad: solution[2] / LEVER_PX, deviationPx }
}

/** Gauss and Jordan with pivots, 3 equations of 3 unknowns and their right sides. */
function solved(equations: number[][]): number[] {
  for (let i = 0; i < 3; i++) {
    const pivot = [0, 1, 2]
      .slice(i)
      .reduce((p, k) => (Math.abs(equations[k][i]) > Math.abs(equations[p][i]) ? k : p), i)
    ;[equations[i], equations[pivot]] = [equations[pivot], equations[i]]
    for (let j = 0; j < 3; j++) {
      if (j === i) continue
      const factor = equations[j][i] / equations[i][i]
      for (let k = i; k < 4; k++) equations[j][k] -= factor * equations[i][k]
    }
  }
  return equations.map((equation, i) => equation[3] / equation[i])
}

/** `motion`, then the small one. */
function moved(motion: RigidMotion, { cx, cy, tx, ty, turnRad }: FittedShifts): RigidMotion {
  const [c, s] = [Math.cos(turnRad), Math.sin(turnRad)]
  const [x, y] = [motion.dx - cx, motion.dy - cy]
  return {
    cos: c * motion.cos - s * motion.sin,
    sin: s * motion.cos + c * motion.sin,
    dx: c * x - s * y + cx + tx,
    dy: s * x + c * y + cy + ty,
  }
}
