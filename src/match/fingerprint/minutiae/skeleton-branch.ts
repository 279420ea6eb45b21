import { crossingNumber, type Skeleton } from "./skeleton.js"

/** A walk along one ridge line. */
export interface Branch {
  /** Pixel indices from the first step on, the start not included. */
  readonly path: readonly number[]
  /** What stopped it: the line's end, a junction, or the step limit. */
  readonly stop: "ending" | "junction" | "limit"
}

/** Where a walk can leave `start`: one neighbour a branch, straight ones before diagonal ones beside them. */
export function exits({ width, pixels }: Skeleton, start: number): number[] {
  const around = [-width, 1, width, -1, -width + 1, width + 1, width - 1, -width - 1]
  const found: number[] = []
  for (const offset of around) {
    const next = start + offset
    if (pixels[next] === 1 && !found.some((other) => adjacent(width, other, next))) found.push(next)
  }
  return found
}

const adjacent = (width: number, a: number, b: number): boolean => {
  const dx = Math.abs((a % width) - (b % width))
  const dy = Math.abs(Math.floor(a / width) - Math.floor(b / width))
  return dx + dy === 1
}

/** Follows the line from `start` through `first` for at most `limit` steps. */
export function follow(skeleton: Skeleton, start: number, first: number, limit: number): Branch {
  const { width, pixels } = skeleton
  const path = [first]
  let previous = start
  let at = first
  while (path.length < limit) {
    const crossings = crossingNumber(skeleton, at)
    if (crossings >= 3) return { path, stop: "junction" }
    let next = -1
    for (const offset of [-width, 1, width, -1, -width + 1, width + 1, width - 1, -width - 1]) {
      const candidate = at + offset
      if (pixels[candidate] === 0 || candidate === previous || candidate === start) continue
      // a diagonal neighbour of the step before is a corner of it, not a way on
      if (path.length >= 1 && adjacent(width, candidate, previous) && crossings < 2) continue
      if (path.length >= 2 && candidate === path[path.length - 2]) continue
      next = candidate
      break
    }
    if (next < 0) return { path, stop: "ending" }
    previous = at
    at = next
    path.push(at)
  }
  return { path, stop: "limit" }
}
