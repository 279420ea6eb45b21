import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { z } from "zod"
import type { ClassicalModel } from "./classical-model.js"

/** The classical detector: a row's likeness to each scanner's mean noise row. */
export interface NoiseReferenceState {
  readonly rowLength: number
  /** Mean of the scanners' mean rows; taken off before anything is compared. */
  readonly common: Float32Array
  /** 1 / deviation within a scanner, a column: what varies from touch to touch counts less. */
  readonly factor: Float32Array
  /** `normalised` mean rows of the scanners, the target's first. At least two. */
  readonly references: readonly Float32Array[]
  /** Log-odds = weights[0] × likeness to the target + weights[1] × greatest likeness to another + weights[2]. */
  readonly weights: readonly [number, number, number]
}

const Head = z.strictObject({
  rowLength: z.int().min(1),
  references: z.int().min(2),
  weights: z.tuple([z.number(), z.number(), z.number()]),
})
const HEAD_FILE = "noise-reference.json"
const ROWS_FILE = "noise-reference.bin"

/** (row - common) × factor, minus its own mean, unit length; a row without any deviation stays all 0. */
export function normalised(
  row: Float32Array,
  { common, factor }: Pick<NoiseReferenceState, "common" | "factor">,
): Float32Array {
  const out = Float64Array.from(row, (value, i) => (value - common[i]) * factor[i])
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length
  let power = 0
  for (let i = 0; i < out.length; i++) {
    out[i] -= mean
    power += out[i] * out[i]
  }
  const scale = power > 0 ? 1 / Math.sqrt(power) : 0
  return Float32Array.from(out, (value) => value * scale)
}

/** Correlations in [-1, 1] of a row: to the target, and the greatest to another scanner. */
export function likenesses(
  row: Float32Array,
  state: Pick<NoiseReferenceState, "common" | "factor" | "references">,
): { target: number; other: number } {
  const probe = normalised(row, state)
  const [target, ...others] = state.references.map((reference) => {
    let dot = 0
    for (let i = 0; i < probe.length; i++) dot += probe[i] * reference[i]
    return dot
  })
  return { target, other: Math.max(...others) }
}

export function noiseReferenceModel(state: NoiseReferenceState): ClassicalModel {
  const { rowLength, common, factor, references, weights } = state
  return {
    kind: "noise-reference-v1",
    parameterCount: rowLength * (2 + references.length) + weights.length,
    predict(rows) {
      if (rows.length % rowLength !== 0)
        throw new RangeError(`${rows.length} numbers are not whole rows of ${rowLength}`)
      return Float32Array.from({ length: rows.length / rowLength }, (_, i) => {
        const { target, other } = likenesses(rows.subarray(i * rowLength, (i + 1) * rowLength), state)
        return 1 / (1 + Math.exp(-(weights[0] * target + weights[1] * other + weights[2])))
      })
    },
    files() {
      const head: z.infer<typeof Head> = { rowLength, references: references.length, weights: [...weights] }
      const bytes = new Uint8Array(4 * rowLength * (2 + references.length))
      const view = new DataView(bytes.buffer)
      ;[common, factor, ...references].forEach((row, r) => {
        row.forEach((value, i) => {
          view.setFloat32(4 * (r * rowLength + i), value, true)
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
export function readNoiseReference(files: ReadonlyMap<string, Uint8Array>): ClassicalModel {
  const [head, bytes] = [files.get(HEAD_FILE), files.get(ROWS_FILE)]
  if (head === undefined || bytes === undefined)
    throw new AppError("model/broken", `a noise-reference model needs ${HEAD_FILE} and ${ROWS_FILE}`)
  let parsed: z.infer<typeof Head>
  try {
    parsed = Head.parse(JSON.parse(fromUtf8(head)))
  } catch (cause) {
    throw new AppError("model/broken", `${HEAD_FILE} is not what a noise-reference model writes`, { cause })
  }
  const { rowLength, references, weights } = parsed
  if (bytes.length !== 4 * rowLength * (2 + references))
    throw new AppError("model/broken", `${ROWS_FILE} has ${bytes.length} bytes, ${HEAD_FILE} says another size`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rows = Array.from({ length: 2 + references }, (_, r) =>
    Float32Array.from({ length: rowLength }, (_, i) => view.getFloat32(4 * (r * rowLength + i), true)),
  )
  return noiseReferenceModel({
    rowLength,
    common: rows[0],
    factor: rows[1],
    references: rows.slice(2),
    weights,
  })
}
