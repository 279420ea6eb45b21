import { type Finger, growFinger } from "@sourceprint/capture/fingerprint/twin/finger.js"
import type { ImpressionImage } from "@sourceprint/capture/fingerprint/twin/impression.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { denoisingResidual } from "@sourceprint/model/features/denoising-residual.js"
import { alignToUnit, emptyPattern, enrolInUnit, type UnitPattern } from "@sourceprint/model/features/unit-pattern.js"
import { unitResidual } from "@sourceprint/model/features/unit-residual.js"
import { type BitDepth, bitDepths, type StudyPlan, type UnitScores } from "./study-plan.js"

const personName = (index: number): string => `person-${String(index + 1).padStart(2, "0")}`
const fingerName = (index: number): string => `${personName(index)}/right-index`

/** Every finger of the study: enrolling people first. */
export const studyFingers = ({ seed, enrolPeople, probePeople }: StudyPlan): Finger[] =>
  Array.from({ length: enrolPeople + probePeople }, (_, person) => growFinger(seed, fingerName(person)))

/** How an image is compared with a unit. */
export interface Witness {
  residual(image: ImpressionImage["image"]): Float32Array
  enrol(known: UnitPattern, residual: Float32Array): UnitPattern
  score(known: UnitPattern, residual: Float32Array): number
}

/** Correlation with the mean residual of the enrolment images (Lukáš, Fridrich, Goljan 2006); the sum will do. */
export const meanResidual: Witness = {
  residual: denoisingResidual,
  enrol: (known, residual) => ({ ...known, sum: known.sum.map((value, i) => value + residual[i]) }),
  score: ({ sum }, residual) => correlation(sum, residual),
}

/** As the model noise-reference-v2 does. */
export const noiseReferenceV2: Witness = {
  residual: (image) => unitResidual(image),
  enrol: enrolInUnit,
  score: (known, residual) => alignToUnit(known, residual).score,
}

/** Residual at a bit depth; 4 bits are expanded × 17, as in a file. */
function residualOf({ image, nibbles }: ImpressionImage, bits: BitDepth, witness: Witness): Float32Array {
  return witness.residual(bits === 8 ? image : { ...image, pixels: nibbles.map((level) => level * 17) })
}

/** Pearson's correlation of two residuals of one length. */
export function correlation(a: Float32Array, b: Float32Array): number {
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    sumA += a[i]
    sumB += b[i]
    squareA += a[i] * a[i]
    squareB += b[i] * b[i]
    product += a[i] * b[i]
  }
  const spread = (square: number, sum: number): number => square - (sum * sum) / a.length
  return (product - (sumA * sumB) / a.length) / Math.sqrt(spread(squareA, sumA) * spread(squareB, sumB))
}

/** Scores at one strength of each probe for each unit, for every bit depth and number of enrolment images. */
export function unitScores(
  plan: StudyPlan,
  strength: number,
  fingers: readonly Finger[],
  step: (note: string) => void,
  witness = meanResidual,
): UnitScores[] {
  const settings = ScannerSettings.parse({ seed: plan.seed, unitStrength: strength })
  const source = new SyntheticImpressions(plan.seed, settings, fingers)
  const touch = (person: number, unit: number, impression: number): ImpressionImage => {
    const session = person < plan.enrolPeople ? 0 : 1
    return source.impression({ finger: fingerName(person), unit: `unit-${unit + 1}`, session, impression })
  }
  // references[bits][enrolCount][unit]
  const references = new Map(bitDepths.map((bits) => [bits, new Map<number, UnitPattern[]>()]))
  for (let unit = 0; unit < plan.units; unit++) {
    const patterns = new Map(bitDepths.map((bits) => [bits, emptyPattern(source.width, source.height)]))
    for (let n = 0; n < Math.max(...plan.enrolCounts); n++) {
      const taken = touch(n % plan.enrolPeople, unit, Math.floor(n / plan.enrolPeople))
      for (const [bits, before] of patterns) {
        const pattern = witness.enrol(before, residualOf(taken, bits, witness))
        patterns.set(bits, pattern)
        if (!plan.enrolCounts.includes(n + 1)) continue
        const known = references.get(bits)?.get(n + 1) ?? []
        references.get(bits)?.set(n + 1, [...known, pattern])
      }
      step(`strength ${strength}, enrolment`)
    }
  }
  const tables = bitDepths.flatMap((bits) =>
    plan.enrolCounts.map((enrolCount) => ({
      strength,
      bits,
      enrolCount,
      probes: [] as UnitScores["probes"][number][],
    })),
  )
  for (let person = plan.enrolPeople; person < plan.enrolPeople + plan.probePeople; person++) {
    for (let unit = 0; unit < plan.units; unit++) {
      for (let impression = 0; impression < plan.impressions; impression++) {
        const taken = touch(person, unit, impression)
        const residuals = new Map(bitDepths.map((bits) => [bits, residualOf(taken, bits, witness)]))
        for (const { bits, enrolCount, probes } of tables) {
          const residual = residuals.get(bits) as Float32Array
          const of = references.get(bits)?.get(enrolCount) ?? []
          const scores = of.map((reference) => witness.score(reference, residual))
          probes.push({ person: personName(person), unit, scores })
        }
        step(`strength ${strength}, probes`)
      }
    }
  }
  return tables
}

/** Touches that `unitScores` makes at one strength. */
export const touchesPerStrength = (plan: StudyPlan): number =>
  plan.units * (Math.max(...plan.enrolCounts) + plan.probePeople * plan.impressions)
