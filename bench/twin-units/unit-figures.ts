import { groupBootstrap } from "@sourceprint/core/metrics/group-bootstrap.js"
import { mateRank } from "@sourceprint/core/metrics/identification.js"
import type { Interval } from "@sourceprint/core/metrics/interval.js"
import { weightedEer } from "@sourceprint/core/metrics/weighted-statistics.js"
import { Rng } from "@sourceprint/core/rng.js"
import { weightedMean } from "../../test/support/slow-metrics.js"
import type { BitDepth, UnitScores } from "./study-plan.js"

interface Measured {
  readonly value: number
  readonly interval: Interval
}

/** What one score table says; intervals by drawing people again. */
export interface UnitFigures {
  readonly strength: number
  readonly bits: BitDepth
  readonly enrolCount: number
  readonly probeCount: number
  /** Share of probes whose own unit has the highest score. */
  readonly rankOne: Measured
  /** Equal error rate of "is it this unit?", own unit against the others. */
  readonly eer: Measured
}

export function unitFigures({ strength, bits, enrolCount, probes }: UnitScores): UnitFigures {
  const hits = Float64Array.from(probes, ({ scores, unit }) =>
    mateRank({ scores: Float64Array.from(scores), mate: unit }) === 1 ? 1 : 0,
  )
  const people = probes.map(({ person }) => person)
  const seed = `${strength}/${bits}/${enrolCount}`
  const [rankOne] = groupBootstrap({ groups: people }, [weightedMean(hits)], new Rng(`rank/${seed}`))
  const pairs = probes.flatMap(({ person, unit, scores }) =>
    scores.map((score, at) => ({ person, score, own: at === unit ? 1 : 0 })),
  )
  const labelled = {
    scores: Float64Array.from(pairs, ({ score }) => score),
    isGenuine: Uint8Array.from(pairs, ({ own }) => own),
  }
  const groups = pairs.map(({ person }) => person)
  const [eer] = groupBootstrap({ groups }, [weightedEer(labelled)], new Rng(`eer/${seed}`))
  return { strength, bits, enrolCount, probeCount: probes.length, rankOne, eer }
}

/** The strength at which the rate crosses `level` on its way up, read off straight lines between the measured ones;
 *  NaN where it never does. `figures` are of one bit depth and enrolment count, by rising strength. */
export function strengthAtRate(figures: readonly UnitFigures[], level: number): number {
  for (let i = 1; i < figures.length; i++) {
    const [below, above] = [figures[i - 1], figures[i]]
    if (below.rankOne.value < level && above.rankOne.value >= level) {
      const part = (level - below.rankOne.value) / (above.rankOne.value - below.rankOne.value)
      return below.strength + part * (above.strength - below.strength)
    }
  }
  return Number.NaN
}
