import { type Finger, growFinger } from "@sourceprint/capture/fingerprint/twin/finger.js"
import type { ImpressionImage } from "@sourceprint/capture/fingerprint/twin/impression.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { denoisingResidual } from "@sourceprint/model/features/denoising-residual.js"
import { type BitDepth, bitDepths, type StudyPlan, type UnitScores } from "./study-plan.js"

const personName = (index: number): string => `person-${String(index + 1).padStart(2, "0")}`
const fingerName = (index: number): string => `${personName(index)}/right-index`

/** Every finger of the study: enrolling people first. */
export const studyFingers = ({ seed, enrolPeople, probePeople }: StudyPlan): Finger[] =>
  Array.from({ length: enrolPeople + probePeople }, (_, person) => growFinger(seed, fingerName(person)))

/** Residual at a bit depth; 4 bits are expanded × 17, as in a file. */
function residualOf({ image, nibbles }: ImpressionImage, bits: BitDepth): Float32Array {
  return denoisingResidual(bits === 8 ? image : { ...image, pixels: nibbles.map((level) => level * 17) })
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

/** Scores at one strength: each probe's residual correlated with the mean residual of each unit's enrolment images
 *  (Lukáš, Fridrich, Goljan 2006), for every bit depth and number of enrolment images. */
export function unitScores(
  plan: StudyPlan,
  strength: number,
  fingers: readonly Finger[],
  step: (note: string) => void,
): UnitScores[] {
  const settings = ScannerSettings.parse({ seed: plan.seed, unitStrength: strength })
  const source = new SyntheticImpressions(plan.seed, settings, fingers)
  const touch = (person: number, unit: number, impression: number): ImpressionImage => {
    const session = person < plan.enrolPeople ? 0 : 1
    return source.impression({ finger: fingerName(person), unit: `unit-${unit + 1}`, session, impression })
  }
  // references[bits][enrolCount][unit]: sums of residuals, as good as means for a correlation.
  const references = new Map(bitDepths.map((bits) => [bits, new Map<number, Float32Array[]>()]))
  for (let unit = 0; unit < plan.units; unit++) {
    const sums = new Map(bitDepths.map((bits) => [bits, new Float32Array(source.width * source.height)]))
    for (let n = 0; n < Math.max(...plan.enrolCounts); n++) {
      const taken = touch(n % plan.enrolPeople, unit, Math.floor(n / plan.enrolPeople))
      for (const [bits, sum] of sums) {
        const residual = residualOf(taken, bits)
        for (let i = 0; i < sum.length; i++) sum[i] += residual[i]
        if (!plan.enrolCounts.includes(n + 1)) continue
        const known = references.get(bits)?.get(n + 1) ?? []
        references.get(bits)?.set(n + 1, [...known, sum.slice()])
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
        const residuals = new Map(bitDepths.map((bits) => [bits, residualOf(taken, bits)]))
        for (const { bits, enrolCount, probes } of tables) {
          const residual = residuals.get(bits) as Float32Array
          const of = references.get(bits)?.get(enrolCount) ?? []
          const scores = of.map((reference) => correlation(reference, residual))
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
