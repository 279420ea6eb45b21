import { Rng } from "@sourceprint/core/rng.js"
import { searchBeginning, trialsSoFar } from "@sourceprint/train/search/next-round.js"
import { SearchConfig } from "@sourceprint/train/search/search-config.js"

/** A made-up figure with one best place, elsewhere for each seed: a learning rate and a weight decay whose best values
 *  depend on each other, a width, and a choice of three. 1 at its best. */
export function plantedFigure(seed: number): (values: ReadonlyMap<string, unknown>) => number {
  const rng = new Rng(`planted/${seed}`)
  const [rate, decay, width] = [rng.between(-3.5, -1.5), rng.between(-5, -3), rng.between(8, 56)]
  const choice = rng.pick(["a", "b", "c"])
  return (values) => {
    const off = Math.log10(Number(values.get("rate"))) - rate
    const offDecay = Math.log10(Number(values.get("decay"))) - decay - 0.4 * off
    const offWidth = (Number(values.get("width")) - width) / 30
    return 1 - 0.1 * (off ** 2 + 0.3 * offDecay ** 2 + offWidth ** 2) - (values.get("choice") === choice ? 0 : 0.05)
  }
}

const RANGES = {
  rate: { from: 1e-5, to: 1, scale: "log" },
  decay: { from: 1e-7, to: 0.1, scale: "log" },
  width: { from: 4, to: 64, step: 4 },
  choice: { values: ["a", "b", "c"] },
}

/** Trials until one has a figure of at least `wanted`, at most `most`. */
export function trialsToFind(method: "random" | "tpe", seed: number, wanted: number, most: number): number {
  const config = SearchConfig.parse({ method, trials: most, seed, ranges: RANGES })
  const figureOf = plantedFigure(seed)
  const figures = new Map<number, number>()
  let { trials } = searchBeginning
  for (;;) {
    trials = trialsSoFar(config, { trials, figures })
    const fresh = trials.filter(({ number }) => !figures.has(number))
    if (fresh.length === 0) return most
    for (const { number, values } of fresh) {
      const figure = figureOf(values)
      if (figure >= wanted) return number
      figures.set(number, figure)
    }
  }
}
