import { Rng } from "@sourceprint/core/rng.js"
import { headTurn, turnFeatures } from "@sourceprint/match/face/liveness/head-turn.js"
import { livenessParameters } from "@sourceprint/match/face/liveness/parameters.js"
import { sharedData } from "../test/support/shared-data.js"
import { fitLogistic, type Logistic, logOdds } from "./head-turn/logistic-fit.js"
import { pictureTurns } from "./head-turn/picture-turns.js"
import { simulatedHead, simulatedPrint } from "./head-turn/simulated-turns.js"
import type { TurnSample } from "./head-turn/turn-sample.js"

const PENALTY = 1
const SIMULATED = 400
/** Weights that the classes have together, however many samples they are of. */
const SHARES = { pictures: 200, simulated: 100 } as const

const featuresOf = ({ straight, turned, toward }: TurnSample): readonly number[] =>
  turnFeatures(straight, turned, toward)

function fitted(samples: readonly TurnSample[]): Logistic {
  const classOf = ({ person, living }: TurnSample): string => `${person === undefined} ${living}`
  const counts = new Map<string, number>()
  for (const sample of samples) counts.set(classOf(sample), (counts.get(classOf(sample)) ?? 0) + 1)
  const weights = samples.map((sample) => {
    const share = sample.person === undefined ? SHARES.simulated : SHARES.pictures
    return share / (counts.get(classOf(sample)) ?? 1)
  })
  return fitLogistic(
    samples.map(featuresOf),
    samples.map(({ living }) => (living ? 1 : 0)),
    weights,
    PENALTY,
  )
}

const some = (count: number, make: () => TurnSample | undefined): TurnSample[] =>
  Array.from({ length: count }, make).filter((sample) => sample !== undefined)

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

function line(what: string, threshold: number, scored: readonly (readonly [TurnSample, number])[]): void {
  const passed = scored.filter(([, score]) => score >= threshold).length
  const scores = scored.map(([, score]) => score)
  const at = [0, 0.05, 0.5, 0.95, 0.99, 1].map((share) => quantile(scores, share).toFixed(2))
  console.log(`${what.padEnd(34)} ${passed} of ${scored.length} reach it; scores ${at.join(" ")}`)
}

/** Fits the weights of `head-turn-weights.ts` again, on other draws of the same kinds of samples, and prints what each
 *  fit does on the people that it has not seen. @param args people of the ORL faces, odd ones only; all of them unless
 *  told */
export async function run(args: readonly string[]): Promise<void> {
  const folder = sharedData("orl_faces")
  if (folder === undefined) throw new Error("../shared/data/orl_faces is not there")
  const people = args.length > 0 ? args.map(Number) : Array.from({ length: 20 }, (_, i) => 2 * i + 1)
  if (people.some((person) => person % 2 !== 1 || person > 39)) {
    throw new RangeError("even people are kept for the figures of prove -- face-sign-in")
  }
  const rng = new Rng("head turn")
  const pictures: TurnSample[] = []
  for (const person of people) {
    pictures.push(...(await pictureTurns(folder, person, rng)))
    console.error(`person ${person}: ${pictures.length} turns so far`)
  }
  const simulated = (): TurnSample[] => [
    ...some(SIMULATED, () => simulatedHead(rng)),
    ...some(SIMULATED, () => simulatedPrint(rng)),
  ]
  const beside = simulated()
  const unseen = people.flatMap((person) => {
    const own = pictures.filter((sample) => sample.person === person)
    const fit = fitted([...pictures.filter((sample) => sample.person !== person), ...beside])
    return own.map((sample) => [sample, logOdds(fit, featuresOf(sample))] as const)
  })
  const living = unseen.filter(([{ living: alive }]) => alive)
  const photos = unseen.filter(([{ living: alive }]) => !alive)
  const scoresOf = (scored: typeof unseen): number[] => scored.map(([, score]) => score)
  const threshold = (quantile(scoresOf(photos), 0.99) + quantile(scoresOf(living), 0.05)) / 2
  console.log(`threshold by the rule: ${threshold.toFixed(2)}; quantiles 0, 5, 50, 95, 99, 100 %`)
  line("living, unseen people", threshold, living)
  for (const kind of new Set(photos.map(([sample]) => sample.kind))) {
    line(
      `photograph, ${kind}`,
      threshold,
      photos.filter(([sample]) => sample.kind === kind),
    )
  }
  console.log(`the shipped weights, threshold ${livenessParameters.headTurn}, on these draws`)
  const shipped = [...pictures, ...simulated()].map(
    (sample) => [sample, headTurn(sample.straight, sample.turned, sample.toward)] as const,
  )
  for (const kind of new Set(shipped.map(([sample]) => sample.kind))) {
    line(
      kind,
      livenessParameters.headTurn,
      shipped.filter(([sample]) => sample.kind === kind),
    )
  }
  console.log("weights of a fit on all of them:", JSON.stringify(fitted([...pictures, ...beside])))
}
