import type { Point } from "../detect-face.js"
import { leastSquares } from "./least-squares.js"

export type PointMap = (point: Point) => Point

/** The homography that brings `from` nearest to `to`: what a flat picture's points do under any move of picture or
 *  camera (Hartley and Zisserman, Multiple View Geometry, section 2.3). The last entry is 1: good for pictures that are
 *  not turned beyond the horizon. Undefined for points in a line. @param from at least 4 points */
export function fitHomography(from: readonly Point[], to: readonly Point[]): PointMap | undefined {
  let weights = from.map(() => 1)
  let h: number[] | undefined
  // Weighted again by the depth found, so that image distances are what is made small.
  for (let round = 0; round < 3; round++) {
    const rows: number[][] = []
    const right: number[] = []
    from.forEach(({ x, y }, i) => {
      const w = weights[i]
      const { x: u, y: v } = to[i]
      rows.push([w * x, w * y, w, 0, 0, 0, -w * x * u, -w * y * u], [0, 0, 0, w * x, w * y, w, -w * x * v, -w * y * v])
      right.push(w * u, w * v)
    })
    h = leastSquares(rows, right)
    if (h === undefined) return undefined
    const [, , , , , , g, k] = h
    weights = from.map(({ x, y }) => 1 / Math.max(0.2, g * x + k * y + 1))
  }
  const [a, b, c, d, e, f, g, k] = h as number[]
  return ({ x, y }) => {
    const z = g * x + k * y + 1
    return { x: (a * x + b * y + c) / z, y: (d * x + e * y + f) / z }
  }
}

/** The quadratic map that brings `from` nearest to `to`: what the points of a smooth surface without a nose do, a
 *  gently bent picture among them. @param from at least 6 points */
export function fitQuadratic(from: readonly Point[], to: readonly Point[]): PointMap | undefined {
  const terms = ({ x, y }: Point): number[] => [1, x, y, x * x, x * y, y * y]
  const rows = from.map(terms)
  const forX = leastSquares(
    rows,
    to.map(({ x }) => x),
  )
  const forY = leastSquares(
    rows,
    to.map(({ y }) => y),
  )
  if (forX === undefined || forY === undefined) return undefined
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * b[i], 0)
  return (point) => ({ x: dot(terms(point), forX), y: dot(terms(point), forY) })
}
