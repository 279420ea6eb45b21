import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { z } from "zod"
import type { ClassicalModel } from "./classical-model.js"
import { alignToUnit, emptyPattern, enrolInUnit, type UnitPattern } from "./features/unit-pattern.js"
import { unitResidual } from "./features/unit-residual.js"

/** The witness of one unit of a scanner model: the fixed patterns of the target and, where there are others, theirs. */
export interface UnitWitnessState {
  readonly widthPx: number
  readonly heightPx: number
  /** 1: a pixel that counts; 0: one of the sensor's marks (`usablePixels`). */
  readonly usable: Uint8Array
  /** The target's first. All of widthPx × heightPx. */
  readonly patterns: readonly UnitPattern[]
}

/** Log-odds = SLOPE × (score for the target - the greatest of LEVEL and the scores for others). The score of an
 *  unrelated image has one distribution whatever the scanner (about 0.6 ± 0.8, from the best of all alignments), so the
 *  same two numbers serve every scanner. Chosen by docs/evaluation.md, "Units of one model". */
const SLOPE = 2
const LEVEL = 3

const Head = z.strictObject({
  widthPx: z.int().min(1),
  heightPx: z.int().min(1),
  /** Images behind each pattern, the target's first. */
  imageCounts: z.array(z.int().min(1)).min(1),
})
const HEAD_FILE = "unit-witness.json"
const PATTERNS_FILE = "unit-witness.bin"

/** The pattern of a unit with these images more; `from` absent: of these alone. Images of the size of `state`. */
export const enrolled = (
  { widthPx, heightPx, usable }: Omit<UnitWitnessState, "patterns">,
  images: readonly GrayImage[],
  from: UnitPattern = emptyPattern(widthPx, heightPx),
): UnitPattern => images.reduce((pattern, image) => enrolInUnit(pattern, unitResidual(image, usable)), from)

/** A row of raw grey levels as the image that it was. */
export const rowAsImage = (row: Float32Array, width: number, height: number): GrayImage => ({
  width,
  height,
  pixels: new Uint8Array(row),
})

export function unitWitnessModel(state: UnitWitnessState): ClassicalModel {
  const { widthPx, heightPx, usable, patterns } = state
  const rowLength = widthPx * heightPx
  const probability = (row: Float32Array): number => {
    const residual = unitResidual(rowAsImage(row, widthPx, heightPx), usable)
    const [target = 0, ...others] = patterns.map((pattern) => alignToUnit(pattern, residual).score)
    return 1 / (1 + Math.exp(-SLOPE * (target - Math.max(LEVEL, ...others))))
  }
  return {
    kind: "noise-reference-v2",
    parameterCount: rowLength * patterns.length,
    predict(rows) {
      if (rows.length % rowLength !== 0)
        throw new RangeError(`${rows.length} numbers are not whole rows of ${rowLength}`)
      return Float32Array.from({ length: rows.length / rowLength }, (_, i) =>
        probability(rows.subarray(i * rowLength, (i + 1) * rowLength)),
      )
    },
    files() {
      const head: z.infer<typeof Head> = { widthPx, heightPx, imageCounts: patterns.map((one) => one.imageCount) }
      const bytes = new Uint8Array(rowLength * (1 + 4 * patterns.length))
      bytes.set(usable)
      const view = new DataView(bytes.buffer, rowLength)
      for (const [p, { sum }] of patterns.entries())
        for (const [i, value] of sum.entries()) view.setFloat32(4 * (p * rowLength + i), value, true)
      return new Map([
        [HEAD_FILE, utf8(`${JSON.stringify(head, null, 2)}\n`)],
        [PATTERNS_FILE, bytes],
      ])
    },
  }
}

/** What `files()` of the model gave. @throws AppError "model/broken" when a file is missing or does not fit */
export function readUnitWitness(files: ReadonlyMap<string, Uint8Array>): UnitWitnessState {
  const [head, bytes] = [files.get(HEAD_FILE), files.get(PATTERNS_FILE)]
  if (head === undefined || bytes === undefined)
    throw new AppError("model/broken", `a noise-reference-v2 model needs ${HEAD_FILE} and ${PATTERNS_FILE}`)
  let parsed: z.infer<typeof Head>
  try {
    parsed = Head.parse(JSON.parse(fromUtf8(head)))
  } catch (cause) {
    throw new AppError("model/broken", `${HEAD_FILE} is not what a noise-reference-v2 model writes`, { cause })
  }
  const { widthPx, heightPx, imageCounts } = parsed
  const rowLength = widthPx * heightPx
  if (bytes.length !== rowLength * (1 + 4 * imageCounts.length))
    throw new AppError("model/broken", `${PATTERNS_FILE} has ${bytes.length} bytes, ${HEAD_FILE} says another size`)
  const view = new DataView(bytes.buffer, bytes.byteOffset + rowLength)
  const sumAt = (p: number): Float32Array =>
    Float32Array.from({ length: rowLength }, (_, i) => view.getFloat32(4 * (p * rowLength + i), true))
  return {
    widthPx,
    heightPx,
    usable: bytes.slice(0, rowLength),
    patterns: imageCounts.map((imageCount, p) => ({ widthPx, heightPx, sum: sumAt(p), imageCount })),
  }
}
