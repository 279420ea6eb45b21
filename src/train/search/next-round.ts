import { defined } from "@sourceprint/core/defined.js"
import { Rng } from "@sourceprint/core/rng.js"
import { choicesOf, rangeValue } from "./range-value.js"
import type { SearchConfig } from "./search-config.js"
import { sobolPoints } from "./sobol.js"
import { tpePoint } from "./tpe.js"

/** One setting of the ranges. */
export interface Trial {
  /** From 1, in the order in which trials begin. */
  readonly number: number
  /** One number in [0, 1) a range, in the order of `ranges`. */
  readonly point: readonly number[]
  /** Path -> value. */
  readonly values: ReadonlyMap<string, unknown>
  /** Of successive halving and Hyperband. */
  readonly rung?: { readonly bracket: number; readonly step: number; readonly epochs: number }
}

/** Each trial that has ended by its number, with its figure on dev; higher is better. undefined: it failed. */
export type TrialFigures = ReadonlyMap<number, number | undefined>

/** How far a search is. */
export interface SearchState {
  /** What `trialsSoFar` returned the last time; none at the beginning. */
  readonly trials: readonly Trial[]
  readonly figures: TrialFigures
}

export const searchBeginning: SearchState = { trials: [], figures: new Map() }

/** Every trial that can be known from the figures: those of earlier rounds and those of the next. The search is over
 *  when all of them have ended. Pure and seeded: a stopped search goes on as if it had not stopped. */
export function trialsSoFar(config: SearchConfig, { trials, figures }: SearchState): Trial[] {
  switch (config.method) {
    case "random":
      return randomPoints(config, config.trials).map((point, i) => trialAt(config, i + 1, point))
    case "sobol": {
      const rng = new Rng(`search/${config.seed}`)
      const points = sobolPoints(
        config.trials,
        Object.keys(config.ranges).map(() => rng.u32()),
      )
      return points.map((point, i) => trialAt(config, i + 1, point))
    }
    case "tpe":
      return tpeTrials(config, trials, figures)
    case "successive-halving":
      return halvingTrials(config, [{ count: config.trials, epochs: rungs(config) }], figures)
    case "hyperband":
      return halvingTrials(config, hyperbandBrackets(config), figures)
  }
}

function randomPoints({ ranges, seed }: SearchConfig, count: number): number[][] {
  const rng = new Rng(`search/${seed}`)
  return Array.from({ length: count }, () => Object.keys(ranges).map(() => rng.float()))
}

const trialAt = ({ ranges }: SearchConfig, number: number, point: readonly number[]): Trial => ({
  number,
  point,
  values: new Map(Object.entries(ranges).map(([path, range], i) => [path, rangeValue(range, defined(point[i]))])),
})

function tpeTrials(
  config: Extract<SearchConfig, { method: "tpe" }>,
  known: readonly Trial[],
  figures: TrialFigures,
): Trial[] {
  const choices = Object.values(config.ranges).map(choicesOf)
  const startup = (): Trial[] =>
    randomPoints(config, Math.min(config.startup, config.trials)).map((point, i) => trialAt(config, i + 1, point))
  const trials = known.length === 0 ? startup() : [...known]
  while (trials.length < config.trials && trials.every(({ number }) => figures.has(number))) {
    const ended = trials.length
    for (let i = 0; i < config.parallel && trials.length < config.trials; i++) {
      // Trials of the same round count as bad ones, which keeps the next away from them.
      const tried = trials.map(({ number, point }) => ({
        point,
        figure: number <= ended ? (figures.get(number) ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY,
      }))
      const number = trials.length + 1
      trials.push(trialAt(config, number, tpePoint(tried, choices, new Rng(`search/${config.seed}/${number}`))))
    }
  }
  return trials
}

type Halving = Extract<SearchConfig, { method: "successive-halving" | "hyperband" }>
interface Bracket {
  /** Trials of the first rung. */
  readonly count: number
  /** Of each rung. */
  readonly epochs: readonly number[]
}

/** Epochs of each rung: maxEpochs, divided by `reduction` again and again, not below minEpochs. */
function rungs({ minEpochs, maxEpochs, reduction }: Halving): number[] {
  const epochs: number[] = []
  for (let n = maxEpochs; n >= minEpochs; n /= reduction) epochs.unshift(Math.round(n))
  return epochs
}

/** Source: Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar (2018), algorithm 1. */
function hyperbandBrackets(config: Halving): Bracket[] {
  const epochs = rungs(config)
  const most = epochs.length - 1
  return epochs.map((_, skipped) => {
    const s = most - skipped
    return { count: Math.ceil(((most + 1) / (s + 1)) * config.reduction ** s), epochs: epochs.slice(skipped) }
  })
}

/** Rung k of all brackets is one round; each trial of a later rung is a good one of the rung below, trained anew with
 *  more epochs. */
function halvingTrials(config: Halving, brackets: readonly Bracket[], figures: TrialFigures): Trial[] {
  const points = randomPoints(
    config,
    brackets.reduce((sum, { count }) => sum + count, 0),
  )
  const trials: Trial[] = []
  const add = (bracket: number, step: number, point: readonly number[]): Trial => {
    const rung = { bracket: bracket + 1, step: step + 1, epochs: defined(brackets[bracket]?.epochs[step]) }
    const trial = { ...trialAt(config, trials.length + 1, point), rung }
    trials.push(trial)
    return trial
  }
  let current = brackets.map(({ count }, b) => points.splice(0, count).map((point) => add(b, 0, point)))
  for (let step = 1; step < Math.max(...brackets.map(({ epochs }) => epochs.length)); step++) {
    if (!trials.every(({ number }) => figures.has(number))) break
    current = current.map((rung, b) => {
      if (step >= defined(brackets[b]).epochs.length) return []
      const ended = rung.filter(({ number }) => figures.get(number) !== undefined)
      const best = ended.toSorted((x, y) => (figures.get(y.number) ?? 0) - (figures.get(x.number) ?? 0))
      return best
        .slice(0, Math.max(1, Math.floor(rung.length / config.reduction)))
        .map(({ point }) => add(b, step, point))
    })
  }
  return trials
}

/** Trials of the whole search, at most. */
export function trialCount(config: SearchConfig): number {
  if (config.method !== "successive-halving" && config.method !== "hyperband") return config.trials
  const brackets =
    config.method === "hyperband" ? hyperbandBrackets(config) : [{ count: config.trials, epochs: rungs(config) }]
  return brackets.reduce((sum, { count, epochs }) => {
    let left = count
    return epochs.reduce((n) => {
      const here = left
      left = Math.max(1, Math.floor(left / config.reduction))
      return n + here
    }, sum)
  }, 0)
}
