import { defined } from "@sourceprint/core/defined.js"
import type { Rng } from "@sourceprint/core/rng.js"

/** A point that was tried: one number in [0, 1) a range, and its figure; higher is better. */
export interface Tried {
  readonly point: readonly number[]
  /** -Infinity where the trial failed or has not ended. */
  readonly figure: number
}

const GOOD_SHARE = 0.2
const MOST_GOOD = 25
const CANDIDATES = 32
/** Width of a kernel around one point, before it shrinks with their number. */
const WIDTH = 0.2

/** The next point by the tree-structured Parzen estimator: of candidates drawn around the good points, the one that
 *  is likeliest to be good against the rest. Kernels are products over the ranges, so that ranges that depend on each
 *  other are met; a uniform part of one point's weight keeps every place possible.
 *  Source: Bergstra, Bardenet, Bengio and Kégl (2011), section 4; product kernels as in Falkner, Klein and Hutter
 *  (2018), section 3.2.
 *  @param choices for each range the number of values without an order; undefined for numbers
 *  @param tried at least one */
export function tpePoint(tried: readonly Tried[], choices: readonly (number | undefined)[], rng: Rng): number[] {
  const order = tried.map((_, i) => i).sort((a, b) => defined(tried[b]).figure - defined(tried[a]).figure || a - b)
  const goodCount = Math.min(MOST_GOOD, Math.max(1, Math.ceil(GOOD_SHARE * tried.length)))
  const pointsAt = (indexes: readonly number[]) => indexes.map((i) => defined(tried[i]).point)
  const good = new ProductKernels(pointsAt(order.slice(0, goodCount)), choices)
  const rest = new ProductKernels(pointsAt(order.slice(goodCount)), choices)
  let best: { point: number[]; ratio: number } | undefined
  for (let i = 0; i < CANDIDATES; i++) {
    const point = good.draw(rng)
    const ratio = good.logDensity(point) - rest.logDensity(point)
    if (best === undefined || ratio > best.ratio) best = { point, ratio }
  }
  return defined(best).point
}

/** A density over the unit cube: a kernel around each point, and a uniform part that weighs as much as one. */
class ProductKernels {
  private readonly width: number
  private readonly points: readonly (readonly number[])[]
  private readonly choices: readonly (number | undefined)[]

  constructor(points: readonly (readonly number[])[], choices: readonly (number | undefined)[]) {
    this.points = points
    this.choices = choices
    this.width = WIDTH * Math.max(1, points.length) ** (-1 / (choices.length + 4))
  }

  draw(rng: Rng): number[] {
    const centre = this.points[rng.below(this.points.length + 1)]
    return this.choices.map((count, d) => {
      if (centre === undefined) return rng.float()
      const at = defined(centre[d])
      if (count !== undefined) return rng.float() < this.width ? rng.float() : at
      for (;;) {
        const x = at + this.width * rng.normal()
        if (x >= 0 && x < 1) return x
      }
    })
  }

  logDensity(point: readonly number[]): number {
    const sum = this.points.reduce((total, centre) => total + this.kernel(centre, point), 1)
    return Math.log(sum / (this.points.length + 1))
  }

  private kernel(centre: readonly number[], point: readonly number[]): number {
    return this.choices.reduce<number>((product, count, d) => {
      const [at, x] = [defined(centre[d]), defined(point[d])]
      if (count !== undefined) {
        const same = Math.floor(at * count) === Math.floor(x * count)
        return product * (this.width + (same ? (1 - this.width) * count : 0))
      }
      const z = (x - at) / this.width
      const inside = normalCdf((1 - at) / this.width) - normalCdf(-at / this.width)
      return product * (Math.exp(-0.5 * z * z) / (Math.sqrt(2 * Math.PI) * this.width * inside))
    }, 1)
  }
}

/** Abramowitz and Stegun (1964), 26.2.17; error below 7.5e-8. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const upper = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * series
  return x >= 0 ? 1 - upper : upper
}
