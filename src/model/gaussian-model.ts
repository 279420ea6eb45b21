import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"
import type { ClassicalModel } from "./classical-model.js"

/** What whitened rows are: (x - mean) × factor, then multiplied by a lower triangular matrix, after which the images of
 *  one scanner scatter alike in every direction. Source: Fisher 1936, Rao 1948 (linear discriminant analysis). */
export interface Whitening {
  readonly mean: Float32Array
  readonly factor: Float32Array
  /** Rows of the lower triangle, one after the other: n (n + 1) / 2 numbers. */
  readonly triangle: Float32Array
}

/** Images of the target lie near one of `targets`, those of other scanners near one of `others` (whitened means,
 *  several a scanner where its images were handled in several ways). */
export interface GaussianState extends Whitening {
  readonly targets: readonly Float32Array[]
  readonly others: readonly Float32Array[]
  /** Of each of `targets`: farther than this (logarithm of the squared distance) no image of the target is. */
  readonly limits: readonly number[]
  /** Of each of `targets`: how far an image may be whose `clearance` counts too. */
  readonly clearances: readonly number[]
  /** Deviation of that logarithm among images of one scanner. */
  readonly spread: number
}

/** The row that starts at `from`, whitened. */
export function whitened({ mean, factor, triangle }: Whitening, rows: Float32Array, from: number): Float32Array {
  const n = mean.length
  const standard = new Float64Array(n)
  for (let j = 0; j < n; j++) standard[j] = (rows[from + j] - mean[j]) * factor[j]
  const out = new Float32Array(n)
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j <= i; j++) sum += triangle[at++] * standard[j]
    out[i] = sum
  }
  return out
}

/** Keeps the logarithm finite for a row that is a mean. */
const LEAST_DISTANCE = 1e-9

/** Natural logarithm of the squared distance of two whitened rows. */
export function logDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2
  return Math.log(LEAST_DISTANCE + sum)
}

/** By how much the nearest other scanner is farther counts so many times the distance itself: an image of a
 *  scanner never seen lies about as far from several known ones. Chosen on dev with each of twelve left out. */
const CLEARANCE_WEIGHT = 8

/** Logarithmic distance of an image, less where other scanners are much farther. */
export const clearance = (nearest: number, other: number): number => nearest - CLEARANCE_WEIGHT * (other - nearest)

/** Steepness of the probability, per deviation. */
const STEEPNESS = 4

/** Above 1/2 where the image is clearly nearer to the target than to every other scanner, and not farther than any
 *  image of the target is: whatever is unlike the target is refused, scanners never seen among it. */
function probability(state: GaussianState, rows: Float32Array, from: number): number {
  const { targets, others, limits, clearances, spread } = state
  const row = whitened(state, rows, from)
  const other = Math.min(...others.map((mean) => logDistance(row, mean)))
  const distances = targets.map((mean) => logDistance(row, mean))
  const nearest = Math.min(...distances)
  const at = distances.indexOf(nearest)
  const unclear = (clearance(nearest, other) - defined(clearances[at])) / (1 + CLEARANCE_WEIGHT)
  const excess = Math.max(nearest - Math.min(other, defined(limits[at])), unclear)
  return 1 / (1 + Math.exp((STEEPNESS * excess) / spread))
}

export function gaussianModel(state: GaussianState): ClassicalModel {
  const { mean, factor, triangle, targets, others, limits, clearances, spread } = state
  const rowLength = mean.length
  const arrays = [mean, factor, triangle, ...targets, ...others]
  const numbers = arrays.reduce((sum, { length }) => sum + length, 0)
  return {
    kind: "gaussian-v1",
    parameterCount: numbers + 2 * limits.length + 1,
    predict(rows) {
      if (rows.length % rowLength !== 0)
        throw new RangeError(`${rows.length} numbers are not whole rows of ${rowLength}`)
      return Float32Array.from({ length: rows.length / rowLength }, (_, i) => probability(state, rows, i * rowLength))
    },
    files() {
      const counts = { rowLength, targets: targets.length, others: others.length }
      const head: z.infer<typeof Head> = { ...counts, limits, clearances, spread }
      const bytes = new Uint8Array(4 * numbers)
      const view = new DataView(bytes.buffer)
      let at = 0
      for (const array of arrays) {
        for (const value of array) {
          view.setFloat32(at, value, true)
          at += 4
        }
      }
      return new Map([
        [HEAD_FILE, utf8(`${JSON.stringify(head, null, 2)}\n`)],
        [ROWS_FILE, bytes],
      ])
    },
  }
}

const Head = z.strictObject({
  rowLength: z.int().min(1).max(100_000),
  targets: z.int().min(1).max(10_000),
  others: z.int().min(1).max(100_000),
  limits: z.array(z.number()).readonly(),
  clearances: z.array(z.number()).readonly(),
  spread: z.number().gt(0),
})
const HEAD_FILE = "gaussian.json"
const ROWS_FILE = "gaussian.bin"

/** The inverse of `files()`. @throws AppError "model/broken" when a file is missing or does not fit */
export function readGaussianModel(files: ReadonlyMap<string, Uint8Array>): ClassicalModel {
  const [head, bytes] = [files.get(HEAD_FILE), files.get(ROWS_FILE)]
  if (head === undefined || bytes === undefined)
    throw new AppError("model/broken", `a model of Gaussians needs ${HEAD_FILE} and ${ROWS_FILE}`)
  let parsed: z.infer<typeof Head>
  try {
    parsed = Head.parse(JSON.parse(fromUtf8(head)))
  } catch (cause) {
    throw new AppError("model/broken", `${HEAD_FILE} is not what a model of Gaussians writes`, { cause })
  }
  const { rowLength: n, targets, others, limits, clearances, spread } = parsed
  const numbers = 2 * n + (n * (n + 1)) / 2 + (targets + others) * n
  if (bytes.length !== 4 * numbers || limits.length !== targets || clearances.length !== targets)
    throw new AppError(
      "model/broken",
      `${ROWS_FILE} has ${bytes.length} bytes, ${HEAD_FILE} asks for ${4 * numbers} and as many limits as means of ` +
        `the target (${limits.length} of ${targets})`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const next = (length: number): Float32Array =>
    Float32Array.from({ length }, () => {
      at += 4
      return view.getFloat32(at - 4, true)
    })
  const [mean, factor, triangle] = [next(n), next(n), next((n * (n + 1)) / 2)]
  return gaussianModel({
    mean,
    factor,
    triangle,
    targets: Array.from({ length: targets }, () => next(n)),
    others: Array.from({ length: others }, () => next(n)),
    limits,
    clearances,
    spread,
  })
}
