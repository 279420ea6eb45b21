import { readFileSync } from "node:fs"
import type { Rng } from "@sourceprint/core/rng.js"
import { gaussianBlur } from "./gaussian-blur.js"
import { cos, exp, sin } from "./portable-math.js"

const ORIENTATIONS = 72
const PERIOD_STEP_PX = 0.25
const MIN_PERIOD_PX = 5.5
const MAX_PERIOD_PX = 14
const RADIUS_PX = 9
const SIDE = 2 * RADIUS_PX + 1
const TAPS = (SIDE * SIDE + 1) / 2
const PAGE_BYTES = 65_536

/** One pass; see assembly/ridge-growth.asm.ts. */
type Grow = (
  now: number,
  next: number,
  stride: number,
  radius: number,
  places: number,
  filters: number,
  count: number,
) => void
let compiled: WebAssembly.Module | undefined
function growIn(memory: WebAssembly.Memory): Grow {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("ridge-growth.wasm", import.meta.url)))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports.grow as Grow
}

/** One even Gabor filter: a cosine across the ridges under a Gaussian, no answer to a flat field, unit gain for a
 *  wave of its own period. Only half of it is kept, the
 *  centre last: the kernel is even, so taps d and -d share a weight. */
function gaborHalf(orientationRad: number, periodPx: number): Float32Array {
  const along = { x: cos(orientationRad), y: -sin(orientationRad) }
  const sigmaAcross = 0.38 * periodPx
  const sigmaAlong = 0.46 * periodPx
  const half = new Float32Array(TAPS)
  const wave = new Float64Array(SIDE * SIDE)
  const bell = new Float64Array(SIDE * SIDE)
  let waveSum = 0
  let bellSum = 0
  for (let y = -RADIUS_PX; y <= RADIUS_PX; y++) {
    for (let x = -RADIUS_PX; x <= RADIUS_PX; x++) {
      const u = (x * along.x + y * along.y) / sigmaAlong
      const v = -x * along.y + y * along.x
      const i = (y + RADIUS_PX) * SIDE + x + RADIUS_PX
      bell[i] = exp(-(u * u) / 2 - (v * v) / (2 * sigmaAcross * sigmaAcross))
      wave[i] = bell[i] * cos((2 * Math.PI * v) / periodPx)
      bellSum += bell[i]
      waveSum += wave[i]
    }
  }
  let gain = 0
  for (let y = -RADIUS_PX; y <= RADIUS_PX; y++) {
    for (let x = -RADIUS_PX; x <= RADIUS_PX; x++) {
      const i = (y + RADIUS_PX) * SIDE + x + RADIUS_PX
      wave[i] -= (waveSum / bellSum) * bell[i]
      gain += wave[i] * cos((2 * Math.PI * (-x * along.y + y * along.x)) / periodPx)
    }
  }
  for (let i = 0; i < half.length; i++) half[i] = wave[i] / gain
  return half
}

/** The filters by orientation and period, made when first asked for; one bank serves every finger. */
const bank = new Map<number, Float32Array>()
function filterFor(orientation: number, period: number): Float32Array {
  const key = period * ORIENTATIONS + orientation
  let filter = bank.get(key)
  if (filter === undefined) {
    filter = gaborHalf((orientation * Math.PI) / ORIENTATIONS, MIN_PERIOD_PX + period * PERIOD_STEP_PX)
    bank.set(key, filter)
  }
  return filter
}

/** Ridges grown out of scattered seeds by filtering again and again with the filter of each place, each answer
 *  sharpened and clipped. Where fronts meet out of step, and where the period must change, ridges end or fork: nobody
 *  places the minutiae. After the method of SFinGe (Cappelli, Maio, Maltoni 2000).
 *  @param orientationRad see ridgeOrientation @param periodPx see ridgePeriod; both width × height
 *  @param inside where skin is (0: left alone) @returns width × height, +1 on a ridge's crest, -1 in a valley */
export function growRidges(
  orientationRad: Float32Array,
  periodPx: Float32Array,
  inside: Uint8Array,
  width: number,
  height: number,
  { rng, passes, seeds }: { rng: Rng; passes: number; seeds: number },
): Float32Array {
  const stride = width + 2 * RADIUS_PX
  const fieldSize = stride * (height + 2 * RADIUS_PX)
  const places: number[] = []
  const chosen: Float32Array[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      if (inside[i] === 0) continue
      const turns = orientationRad[i] / Math.PI
      const orientation = Math.floor((turns - Math.floor(turns)) * ORIENTATIONS + 0.5) % ORIENTATIONS
      const period = Math.min(MAX_PERIOD_PX, Math.max(MIN_PERIOD_PX, periodPx[i])) - MIN_PERIOD_PX
      places.push(((y + RADIUS_PX) * stride + x + RADIUS_PX) * 8)
      chosen.push(filterFor(orientation, Math.floor(period / PERIOD_STEP_PX + 0.5)))
    }
  }
  const filters = [...new Set(chosen)]
  // The memory: two fields and the filters as doubles, then where the places and their filters are.
  const [nowAt, nextAt, filtersAt] = [PAGE_BYTES, PAGE_BYTES + 8 * fieldSize, PAGE_BYTES + 16 * fieldSize]
  const placesAt = filtersAt + 8 * TAPS * filters.length
  const chosenAt = placesAt + 4 * places.length
  const memory = new WebAssembly.Memory({ initial: Math.ceil((chosenAt + 4 * places.length) / PAGE_BYTES) })
  const fields = [nowAt, nextAt].map((at) => new Float64Array(memory.buffer, at, fieldSize))
  const [first] = fields
  for (let n = 0; n < seeds; n++) {
    const x = rng.below(width)
    const y = rng.below(height)
    const sign = rng.float() < 0.5 ? -1 : 1
    if (inside[y * width + x] !== 0) first[(y + RADIUS_PX) * stride + x + RADIUS_PX] = sign
  }
  const filterAt = new Map(filters.map((filter, i) => [filter, filtersAt + 8 * TAPS * i]))
  for (const [filter, at] of filterAt) new Float64Array(memory.buffer, at, TAPS).set(filter)
  new Int32Array(memory.buffer, placesAt, places.length).set(places)
  new Int32Array(memory.buffer, chosenAt, places.length).set(chosen.map((filter) => filterAt.get(filter) ?? 0))
  const grow = growIn(memory)
  for (let pass = 0; pass < passes; pass++) {
    const [from, to] = pass % 2 === 0 ? [nowAt, nextAt] : [nextAt, nowAt]
    grow(from, to, stride, RADIUS_PX, placesAt, chosenAt, places.length)
  }
  const now = fields[passes % 2]
  const ridges = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const from = (y + RADIUS_PX) * stride + RADIUS_PX
    ridges.set(now.subarray(from, from + width), y * width)
  }
  return roundOff(ridges, width, height)
}

/** From clipped ridges to rounded ones of one height everywhere: where the direction turns fast, at cores and deltas,
 *  the filters answer weakly, but the skin is as high there as elsewhere. */
function roundOff(clipped: Float32Array, width: number, height: number): Float32Array {
  const round = gaussianBlur(clipped, width, height, 1.3)
  const size = gaussianBlur(round.map(Math.abs), width, height, 5)
  return round.map((value, i) => value / (0.1 + 1.05 * size[i]))
}
