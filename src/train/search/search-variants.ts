import { AppError } from "@sourceprint/core/errors.js"
import type { WrittenConfig } from "../config-file.js"
import type { ExperimentConfig } from "../experiment-config.js"
import { type Variant, variantOf } from "../sweep.js"
import { type SearchState, type Trial, trialsSoFar } from "./next-round.js"
import { extremes } from "./range-value.js"
import type { SearchConfig } from "./search-config.js"

/** A trial and the configuration that it trains. */
export interface PlannedTrial {
  readonly trial: Trial
  readonly arm: string
}

/** What a search may turn: all trials are judged on the same images. */
const SEARCHED = ["view", "augment", "models", "training"]

/** The configuration of every trial that is known so far.
 *  @throws AppError "config/search" for what cannot be searched, "config/invalid" where an end of a range is no value
 *  that the file may have */
export function searchVariants(
  source: WrittenConfig,
  config: ExperimentConfig,
  search: SearchConfig,
  state: SearchState,
): { readonly trial: Trial; readonly variant: Variant }[] {
  checkSearch(source, config, search)
  return trialsSoFar(search, state).map((trial) => ({
    trial,
    variant: variantOf(source, valuesOf(trial), `search, trial ${trial.number}:`),
  }))
}

/** A model's own epochs go before the experiment's, so the epochs of a rung are written there. */
const valuesOf = ({ values, rung }: Trial): ReadonlyMap<string, unknown> =>
  rung === undefined ? values : new Map([...values, ["models[0].training.epochs", rung.epochs]])

function checkSearch(source: WrittenConfig, config: ExperimentConfig, search: SearchConfig): void {
  const refuse = (why: string): never => {
    throw new AppError("config/search", why)
  }
  const paths = Object.keys(search.ranges)
  if (Object.keys({ ...config.sweep.product, ...config.sweep.zip }).length > 0) {
    refuse("a file has a sweep or a search, not both; put the sweep's lists into search.ranges as values")
  }
  if (config.models.length !== 1) {
    refuse(`a search turns one model and models has ${config.models.length}; give each a file of its own`)
  }
  for (const path of paths) {
    if (!SEARCHED.includes(path.replace(/[.[].*/s, ""))) {
      refuse(`${path} cannot be searched; a search turns ${SEARCHED.join(", ")}`)
    }
    if ("minEpochs" in search && /(^|\.)training\.epochs$/.test(path)) {
      refuse(`${path} is what ${search.method} turns by itself; take it out of search.ranges`)
    }
  }
  for (const [path, range] of Object.entries(search.ranges)) {
    for (const value of extremes(range)) variantOf(source, new Map([[path, value]]), "search.ranges")
  }
}
