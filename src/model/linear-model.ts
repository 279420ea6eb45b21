import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"
import type { ClassicalModel } from "./classical-model.js"

/** Values this many deviations from the training mean say "unlike anything seen" and no more. */
export const CLIP_DEVIATIONS = 6

/** Log-odds = slope × (w · clipped((x - mean) × factor)) + offset. */
export interface LinearState {
  readonly mean: Float32Array
  readonly factor: Float32Array
  readonly weights: Float32Array
  readonly slope: number
  readonly offset: number
}

const Head = z.strictObject({ rowLength: z.int().min(1), slope: z.number(), offset: z.number() })
const HEAD_FILE = "linear.json"
const ROWS_FILE = "linear.bin"

/** w · clipped((row - mean) × factor) of the row that starts at `from`. */
export function linearScore(
  { mean, factor, weights }: Pick<LinearState, "mean" | "factor" | "weights">,
  rows: Float32Array,
  from: number,
): number {
  let sum = 0
  for (let j = 0; j < weights.length; j++) {
    const standard = (rows[from + j] - mean[j]) * factor[j]
    sum += weights[j] * Math.min(CLIP_DEVIATIONS, Math.max(-CLIP_DEVIATIONS, standard))
  }
  return sum
}

export function linearModel(state: LinearState): ClassicalModel {
  const { mean, factor, weights, slope, offset } = state
  const rowLength = weights.length
  return {
    kind: "linear-v1",
    parameterCount: 3 * rowLength + 2,
    predict(rows) {
      if (rows.length % rowLength !== 0)
        throw new RangeError(`${rows.length} numbers are not whole rows of ${rowLength}`)
      return Float32Array.from({ length: rows.length / rowLength }, (_, i) => {
        return 1 / (1 + Math.exp(-(slope * linearScore(state, rows, i * rowLength) + offset)))
      })
    },
    files() {
      const head: z.infer<typeof Head> = { rowLength, slope, offset }
      const bytes = new Uint8Array(12 * rowLength)
      const view = new DataView(bytes.buffer)
      ;[mean, factor, weights].forEach((row, r) => {
        row.forEach((value, j) => {
          view.setFloat32(4 * (r * rowLength + j), value, true)
        })
      })
      return new Map([
        [HEAD_FILE, utf8(`${JSON.stringify(head, null, 2)}\n`)],
        [ROWS_FILE, bytes],
      ])
    },
  }
}

/** The inverse of `files()`. @throws AppError "model/broken" when a file is missing or does not fit */
export function readLinearModel(files: ReadonlyMap<string, Uint8Array>): ClassicalModel {
  const [head, bytes] = [files.get(HEAD_FILE), files.get(ROWS_FILE)]
  if (head === undefined || bytes === undefined)
    throw new AppError("model/broken", `a linear model needs ${HEAD_FILE} and ${ROWS_FILE}`)
  let parsed: z.infer<typeof Head>
  try {
    parsed = Head.parse(JSON.parse(fromUtf8(head)))
  } catch (cause) {
    throw new AppError("model/broken", `${HEAD_FILE} is not what a linear model writes`, { cause })
  }
  const { rowLength, slope, offset } = parsed
  if (bytes.length !== 12 * rowLength)
    throw new AppError(
      "model/broken",
      `${ROWS_FILE} has ${bytes.length} bytes, ${HEAD_FILE} asks for ${12 * rowLength}`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const row = (r: number) =>
    Float32Array.from({ length: rowLength }, (_, j) => view.getFloat32(4 * (r * rowLength + j), true))
  return linearModel({ mean: row(0), factor: row(1), weights: row(2), slope, offset })
}
