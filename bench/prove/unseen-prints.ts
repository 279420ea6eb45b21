import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { errorCurve } from "@sourceprint/core/metrics/error-curve.js"
import { fnmrAtFmr } from "@sourceprint/core/metrics/fnmr-at-fmr.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { fingerSets } from "../finger-sets.js"
import { madeNonFingers, type NonFinger, photographedNonFingers } from "../non-fingers.js"
import { leftOut } from "../operating-points.js"
import { choosesSubject } from "../print-signs.js"
import { damagedScores, eerWithInterval, type Scored } from "../set-scores.js"
import type { Claim, Figure } from "./claim.js"
import { damages } from "./damage-print.js"
import { enrolled, scored } from "./enrolled-sets.js"
import { atMost } from "./figure.js"

function eerFigure(name: string, pairs: readonly Scored[], mostPercent?: number): Figure {
  const { value, low, high } = eerWithInterval(pairs)
  const of = (genuine: boolean): Float64Array =>
    Float64Array.from(pairs.filter((s) => s.genuine === genuine).map((s) => s.score))
  const { fnmr } = fnmrAtFmr(errorCurve(of(true), of(false)), 0.001)
  return {
    name: `${name}: EER`,
    value: 100 * value,
    unit: "%",
    ...(mostPercent === undefined ? {} : { bound: { is: "at most", value: mostPercent } as const }),
    note:
      `95 % ${(100 * low).toFixed(2)}-${(100 * high).toFixed(2)}, fingers drawn again; ` +
      `FNMR ${(100 * fnmr).toFixed(2)} % at FMR 0.1 %; ${of(true).length} genuine, ${of(false).length} impostor pairs`,
  }
}

export const everySet: Claim = {
  title: "Every set at hand, fingers that chose nothing: equal error rate, prints refused",
  async measure(logLine) {
    const figures: Figure[] = []
    for (const set of fingerSets()) {
      logLine(set.name)
      const images = await enrolled(set)
      const refused = images.filter((image) => image.template === undefined).length
      const reporting = (await scored(set)).filter((pair) => pair.part === "reporting")
      figures.push(eerFigure(set.name, reporting), {
        name: `${set.name}: prints refused`,
        value: (100 * refused) / images.length,
        unit: "%",
        bound: { is: "at most", value: 0.5 },
        note: `${refused} of ${images.length}`,
      })
    }
    return figures
  },
}

/** Equal error rates that are wanted, per cent. */
const damageBounds: Readonly<Record<string, number>> = { "half overlap": 7, "crop 128 × 128": 12, wet: 5 }

/** At the threshold that the matcher brings along for FMR 0.1 %. */
function rejectedFigure(name: string, pairs: readonly Scored[]): Figure {
  const threshold = minutiaeMatcher.operatingPoints?.points.find(({ fmr }) => fmr === 0.001)?.threshold ?? Number.NaN
  const genuine = pairs.filter((pair) => pair.genuine)
  const rejected = genuine.filter(({ score }) => score < threshold).length
  const note = `${rejected} of ${genuine.length} below ${threshold.toFixed(2)}`
  return atMost(`${name}: FNMR at the threshold for FMR 0.1 %`, (100 * rejected) / genuine.length, 4, "%", note)
}

export const damagedPrints: Claim = {
  title: "Simulated damage on real prints of fingers that chose nothing, all sets together",
  async measure(logLine) {
    const figures: Figure[] = []
    for (const damage of damages) {
      logLine(damage.name)
      const pairs: Scored[] = []
      for (const set of fingerSets()) pairs.push(...(await damagedScores(set, damage, 4, "reporting")))
      figures.push(eerFigure(damage.name, pairs, damageBounds[damage.name]))
      if (damage.name.startsWith("scale")) figures.push(rejectedFigure(damage.name, pairs))
    }
    return figures
  },
}

export const heldThresholds: Claim = {
  title: "Operating points: thresholds chosen on every other set, used on the reporting fingers of each",
  async measure() {
    const rows: Scored[] = []
    for (const set of fingerSets()) rows.push(...(await scored(set)))
    return leftOut(rows).map(({ fmr, set, observed, text }) => ({
      name: `FMR ${100 * fmr} % promised, ${set}`,
      value: 100 * observed,
      unit: "%",
      note: text,
    }))
  },
}

export const nonFingers: Claim = {
  title: "Pictures without a finger: how many are enrolled, and with quality above 20",
  async measure() {
    const tally = new Map<string, { seen: number; enrolled: number; good: number }>()
    const look = async ({ kind, image }: NonFinger): Promise<void> => {
      const counts = tally.get(kind) ?? { seen: 0, enrolled: 0, good: 0 }
      tally.set(kind, counts)
      counts.seen++
      try {
        const quality = minutiaeMatcher.quality(await minutiaeMatcher.enrol([image]))
        counts.enrolled++
        if (quality > 20) counts.good++
      } catch (error) {
        if (!(error instanceof FailureToEnrol)) throw error
      }
    }
    for (const picture of madeNonFingers("reporting", 60)) await look(picture)
    for await (const picture of photographedNonFingers(2)) if (!choosesSubject(picture.subject)) await look(picture)
    const figures: Figure[] = [...tally].map(([kind, { seen, enrolled: taken, good }]) => ({
      name: `${kind}: enrolled with quality above 20`,
      value: good,
      unit: "pictures",
      bound: { is: "exactly", value: 0 },
      note: `${taken} enrolled at all, of ${seen}`,
    }))
    const seen = [...tally.values()].reduce((sum, counts) => sum + counts.seen, 0)
    const good = [...tally.values()].reduce((sum, counts) => sum + counts.good, 0)
    const { high } = clopperPearsonInterval(good, seen)
    return [
      ...figures,
      {
        name: "all of them",
        value: good,
        unit: "pictures",
        note: `of ${seen}; 95 % at most ${(100 * high).toFixed(2)} %`,
      },
    ]
  },
}
