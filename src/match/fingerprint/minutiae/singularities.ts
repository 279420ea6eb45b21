import type { OrientationField } from "./orientation-field.js"
import { cellPx } from "./parameters.js"

/** Where the flow of ridges turns around a point. */
export interface Singularity {
  /** Pixels from the left and top. */
  readonly x: number
  readonly y: number
  /** A core turns once with the walk around it, a delta against it. */
  readonly kind: "core" | "delta"
}

/** The walk: a square ring of this half side, so that one noisy cell does not count. First choice, never varied. */
const RING_CELLS = 3

/** Cores and deltas by the Poincaré index (Kawagoe and Tojo 1984): the number of turns that the doubled ridge angle
 *  makes along a closed walk. Only walks wholly inside the mask count; neighbouring finds of one kind are one point.
 *  For reports and for people; the score does not use them, because small prints often show none. */
export function singularities({ cos, sin }: OrientationField, mask: Uint8Array): Singularity[] {
  const { width, height } = cos
  const walk = ring(RING_CELLS)
  const turns = new Int8Array(width * height)
  for (let row = RING_CELLS; row < height - RING_CELLS; row++) {
    for (let col = RING_CELLS; col < width - RING_CELLS; col++) {
      const cells = walk.map(([dx, dy]) => (row + dy) * width + col + dx)
      if (cells.every((cell) => mask[cell] !== 0)) {
        turns[row * width + col] = turnsAlong(cells.map((cell) => Math.atan2(sin.values[cell], cos.values[cell])))
      }
    }
  }
  return patchesOf(turns, width).map(({ cells, turn }) => ({
    x: (mean(cells.map((cell) => cell % width)) + 0.5) * cellPx,
    y: (mean(cells.map((cell) => Math.floor(cell / width))) + 0.5) * cellPx,
    kind: turn > 0 ? "core" : "delta",
  }))
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Offsets of a square ring, in walking order. */
function ring(half: number): [number, number][] {
  const side = Array.from({ length: 2 * half }, (_, i) => i - half)
  return [
    ...side.map((i): [number, number] => [i, -half]),
    ...side.map((i): [number, number] => [half, i]),
    ...side.map((i): [number, number] => [-i, half]),
    ...side.map((i): [number, number] => [-half, -i]),
  ]
}

/** Whole turns of an angle along a closed walk; positive in the direction of the walk. */
function turnsAlong(angles: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < angles.length; i++) {
    const step = angles[(i + 1) % angles.length] - angles[i]
    sum += step - 2 * Math.PI * Math.round(step / (2 * Math.PI))
  }
  return Math.round(sum / (2 * Math.PI))
}

/** Connected cells (8 neighbours) of the same turn, other than 0. */
function patchesOf(turns: Int8Array, width: number): { cells: number[]; turn: number }[] {
  const left = new Set([...turns.keys()].filter((cell) => turns[cell] !== 0))
  const patches: { cells: number[]; turn: number }[] = []
  for (const first of left) {
    const turn = Math.sign(turns[first])
    const cells: number[] = []
    const waiting = [first]
    left.delete(first)
    for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
      cells.push(cell)
      for (const step of [-width - 1, -width, 1 - width, -1, 1, width - 1, width, width + 1]) {
        const next = cell + step
        if (left.has(next) && Math.sign(turns[next]) === turn) {
          left.delete(next)
          waiting.push(next)
        }
      }
    }
    patches.push({ cells, turn })
  }
  return patches
}
