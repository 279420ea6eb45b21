import type { CandidatePairs } from "./candidate-pairs.js"
import { alignment, map, strip } from "./parameters.js"
import { type Points, wrap } from "./points.js"
import type { PrintView } from "./print-view.js"
import { motionThrough, type Placement, turnOf } from "./rigid-motion.js"

/** Cosine of twice an angle in 1/256 of half a turn. */
export const cosTwice = Float64Array.from({ length: 256 }, (_, i) => Math.cos((i / 128) * Math.PI))

/** Ridge directions of a print on a coarse grid. */
interface DirectionSamples {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly direction: Uint8Array
}

/** A print is held against many: its samples are made once. */
const known = new WeakMap<PrintView, DirectionSamples>()

export function directionSamples(view: PrintView): DirectionSamples {
  const made = known.get(view) ?? sampled(view)
  known.set(view, made)
  return made
}

function sampled({ cols, rows, period, orientation }: PrintView): DirectionSamples {
  const covered = period.reduce((sum, p) => sum + (p > 0 ? 1 : 0), 0)
  const stride = Math.max(2, Math.floor(Math.sqrt(covered / strip.directionSamples)))
  const cells: number[] = []
  for (let row = stride >> 1; row < rows; row += stride) {
    for (let col = stride >> 1; col < cols; col += stride) {
      if (period[row * cols + col] > 0) cells.push(row * cols + col)
    }
  }
  return {
    x: Float64Array.from(cells, (cell) => ((cell % cols) + 0.5) * map.cellPx),
    y: Float64Array.from(cells, (cell) => (Math.floor(cell / cols) + 0.5) * map.cellPx),
    direction: Uint8Array.from(cells, (cell) => orientation[cell]),
  }
}

/** Mean cosine of twice the angle between the ridges where the prints lie over each other, -1 to 1, drawn towards 0
 *  where that is in few places. */
export function directionAgreement(motion: Placement, a: PrintView, b: PrintView): number {
  const { x, y, direction } = directionSamples(b)
  const { cols, rows, period, orientation } = a
  const scale = 1 / map.cellPx
  const cos = motion.cos * scale
  const sin = motion.sin * scale
  const dx = motion.dx * scale
  const dy = motion.dy * scale
  const turn256 = Math.round((turnOf(motion) / Math.PI) * 256)
  let sum = 0
  let places = 0
  for (let k = 0; k < x.length; k++) {
    const px = cos * x[k] - sin * y[k] + dx
    const py = sin * x[k] + cos * y[k] + dy
    if (px < 0 || py < 0 || px >= cols || py >= rows) continue
    const cell = (py | 0) * cols + (px | 0)
    if (period[cell] === 0) continue
    sum += cosTwice[(orientation[cell] - direction[k] - turn256) & 255]
    places++
  }
  return sum / (places + strip.directionPrior)
}

/** The `alignment.candidates` pairs that are left when the similarity of minutiae counts as far as the ridges around
 *  agree under the placement that the pair alone tells. */
export function pairsWithDirections(
  pairs: CandidatePairs,
  { pa, pb }: { readonly pa: Points; readonly pb: Points },
  a: PrintView,
  b: PrintView,
): CandidatePairs {
  const worth = pairs.similarity.map((similarity, k) => {
    const [i, j] = [pairs.a[k], pairs.b[k]]
    const turn = wrap(pa.angle[i] - pb.angle[j])
    const agreement = directionAgreement(motionThrough(pa.x[i], pa.y[i], pb.x[j], pb.y[j], turn), a, b)
    return similarity * Math.max(0, agreement)
  })
  const order = Int32Array.from(worth.keys())
    .sort((p, q) => worth[q] - worth[p] || p - q)
    .subarray(0, alignment.candidates)
  return {
    count: order.length,
    a: order.map((k) => pairs.a[k]),
    b: order.map((k) => pairs.b[k]),
    similarity: Float32Array.from(order, (k) => worth[k]),
  }
}
