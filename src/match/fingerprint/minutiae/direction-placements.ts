import { cosTwice, directionSamples } from "./direction-agreement.js"
import { directionSearch, map } from "./parameters.js"
import type { PrintView } from "./print-view.js"
import { motionThrough, type Placement } from "./rigid-motion.js"

interface Found {
  readonly worth: number
  readonly turn: number
  /** Where the middle of the probe's samples lies in the reference, map cells. */
  readonly col: number
  readonly row: number
}

/** Placements by the ridges' directions alone, for prints with few minutiae: every turn and shift on a grid, then the
 *  best of them, a little apart from each other, moved to what is best near by. */
export function directionPlacements(a: PrintView, b: PrintView): Placement[] {
  const { turnRad, turns, stepCells, placements, apartCells, apartRad, nearCells } = directionSearch
  const { centreX, centreY, turned } = turnedPrint(b)
  const angle = (t: number): number => ((t - 2 * turns) * turnRad) / 2
  const found: Found[] = []
  for (let t = 0; t < turned.length; t += 2) {
    for (let row = 0; row < a.rows; row += stepCells) {
      for (let col = 0; col < a.cols; col += stepCells) {
        const worth = worthAt(a, turned[t], col, row, 2)
        if (worth > 0) found.push({ worth, turn: t, col, row })
      }
    }
  }
  found.sort((p, q) => q.worth - p.worth)
  const kept: Found[] = []
  for (const place of found) {
    if (kept.length === placements) break
    const isNew = kept.every(
      (other) =>
        (other.col - place.col) ** 2 + (other.row - place.row) ** 2 >= apartCells ** 2 ||
        Math.abs(angle(other.turn) - angle(place.turn)) >= apartRad,
    )
    if (isNew) kept.push(place)
  }
  return kept.map((place) => {
    let best = { ...place, worth: worthAt(a, turned[place.turn], place.col, place.row, 1) }
    for (let turn = Math.max(0, place.turn - 1); turn <= Math.min(turned.length - 1, place.turn + 1); turn++) {
      for (let row = place.row - nearCells; row <= place.row + nearCells; row++) {
        for (let col = place.col - nearCells; col <= place.col + nearCells; col++) {
          const worth = worthAt(a, turned[turn], col, row, 1)
          if (worth > best.worth) best = { worth, turn, col, row }
        }
      }
    }
    const at = (cell: number): number => (cell + 0.5) * map.cellPx
    return motionThrough(at(best.col), at(best.row), centreX, centreY, angle(best.turn))
  })
}

/** Samples around their middle, turned: offsets in map cells and directions in 1/256 of half a turn. */
interface TurnedSamples {
  readonly col: Int32Array
  readonly row: Int32Array
  readonly direction: Uint8Array
}

interface TurnedPrint {
  readonly centreX: number
  readonly centreY: number
  /** By turn, in half steps. */
  readonly turned: readonly TurnedSamples[]
}

/** A print is held against many: its turns are made once. */
const known = new WeakMap<PrintView, TurnedPrint>()

function turnedPrint(view: PrintView): TurnedPrint {
  const made = known.get(view) ?? everyTurn(view)
  known.set(view, made)
  return made
}

function everyTurn(view: PrintView): TurnedPrint {
  const { turns, turnRad } = directionSearch
  const samples = directionSamples(view)
  const centreX = mean(samples.x)
  const centreY = mean(samples.y)
  const turned = Array.from({ length: 4 * turns + 1 }, (_, t) =>
    turnedSamples(samples, centreX, centreY, ((t - 2 * turns) * turnRad) / 2),
  )
  return { centreX, centreY, turned }
}

function turnedSamples(
  { x, y, direction }: ReturnType<typeof directionSamples>,
  centreX: number,
  centreY: number,
  turnRad: number,
): TurnedSamples {
  const cos = Math.cos(turnRad) / map.cellPx
  const sin = Math.sin(turnRad) / map.cellPx
  const turn256 = Math.round((turnRad / Math.PI) * 256)
  return {
    col: Int32Array.from(x, (v, k) => Math.round(cos * (v - centreX) - sin * (y[k] - centreY))),
    row: Int32Array.from(x, (v, k) => Math.round(sin * (v - centreX) + cos * (y[k] - centreY))),
    direction: direction.map((d) => (d + turn256) & 255),
  }
}

/** Sum of the cosines of twice the angles over the root of how many places lie over each other; 0 where those are too
 *  few. Every `stride`-th sample is looked at. */
function worthAt(a: PrintView, samples: TurnedSamples, col: number, row: number, stride: number): number {
  const { cols, rows, period, orientation } = a
  let sum = 0
  let places = 0
  for (let k = 0; k < samples.col.length; k += stride) {
    const c = col + samples.col[k]
    const r = row + samples.row[k]
    if (c < 0 || r < 0 || c >= cols || r >= rows) continue
    const cell = r * cols + c
    if (period[cell] === 0) continue
    sum += cosTwice[(orientation[cell] - samples.direction[k]) & 255]
    places++
  }
  return places * stride < directionSearch.least * samples.col.length ? 0 : sum / Math.sqrt(places)
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length)
