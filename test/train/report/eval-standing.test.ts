import assert from "node:assert/strict"
import { test } from "node:test"
import { resultTable } from "@sourceprint/cli/experiment/result-table.js"
import type { Interval } from "@sourceprint/core/metrics/interval.js"
import { differenceOf } from "@sourceprint/core/metrics/paired-bootstrap.js"
import { Rng } from "@sourceprint/core/rng.js"
import { ExperimentConfig } from "@sourceprint/train/experiment-config.js"
import type { IntervalFigures } from "@sourceprint/train/judged-rows.js"
import { experimentEntry } from "@sourceprint/train/report/index-entry.js"
import type { LoadedRun } from "@sourceprint/train/report/load-run.js"
import { verdictBlocks, verdictSentence } from "@sourceprint/train/report/verdict.js"
import type { RunMetrics } from "@sourceprint/train/run-summary.js"

const REPLICATES = 200
const KEYS = ["balancedAccuracy", "eer", "auc"] as const

/** A run in which a model was chosen (on dev, so whatever eval says) among 1 to 5, with random figures on eval. */
function randomRun(rng: Rng): { metrics: RunMetrics; values: number[][] } {
  const models = 1 + rng.below(5)
  const spread = rng.between(0, 0.1)
  // Coarse figures, so that some are equal.
  const values = Array.from({ length: models }, () => KEYS.map(() => 0.5 + Math.round(rng.between(0, 6)) / 12))
  const replicates = values.map((own) =>
    own.map((value) => Float64Array.from({ length: REPLICATES }, () => value + spread * rng.normal())),
  )
  const interval: Interval = { low: 0.4, high: 0.9, confidence: 0.95, method: "made up" }
  const figure = (value: number) => ({ value, interval, usedReplicates: REPLICATES, degenerate: false })
  const rate = { rate: 0.1, errors: 1, trials: 10, interval }
  const chosen = rng.below(models)
  const arms = values.map(([ba, eer, auc], i) => {
    const pooled: IntervalFigures = {
      balancedAccuracy: figure(ba),
      eer: figure(eer),
      auc: figure(auc),
      fmr: rate,
      fnmr: rate,
      brier: 0.1,
      ece: 0.1,
    }
    const task = { ...pooled, task: "t", target: "t" }
    return { arm: `id${i}`, label: `model-${i}`, cells: 1, parameterCount: 1, pooled, tasks: [task], evalSet: "A" }
  })
  const comparisons = values.flatMap((other, i) => {
    if (i === chosen) return []
    const [balancedAccuracy, eer, auc] = KEYS.map((_, k) =>
      // Equal figures are not the same to the last bit, as they are sums of different numbers.
      differenceOf(values[chosen][k] - other[k] + 2e-16, replicates[chosen][k], replicates[i][k]),
    )
    return [{ first: `id${chosen}`, second: `id${i}`, balancedAccuracy, eer, auc }]
  })
  const winner = { arm: `id${chosen}`, label: `model-${chosen}`, rule: "best on dev", tied: [] }
  return { metrics: { arms, comparisons, winner }, values }
}

test("200 random result tables: the headline says who was chosen, and who is better on eval, as the table does", () => {
  const seen = { better: 0, worse: 0, equal: 0, beyond: 0, within: 0 }
  for (let seed = 0; seed < 200; seed++) {
    const rng = new Rng(`headline/${seed}`)
    const { metrics, values } = randomRun(rng)
    const by = rng.shuffled(["mean-balanced-accuracy", "pooled-eer", "pooled-auc"] as const)[0]
    const config = ExperimentConfig.parse({
      name: "random",
      dataset: { folder: "data/random" },
      split: { by: "finger", folds: 3 },
      view: { region: { kind: "common-window", sidePx: 64 } },
      models: [{ id: "small-cnn" }],
      winner: { by },
    })
    const text = verdictSentence(metrics, config)
    const chosen = metrics.arms.findIndex(({ arm }) => arm === metrics.winner.arm)
    const key = { "mean-balanced-accuracy": 0, "pooled-eer": 1, "pooled-auc": 2 }[by]
    const sign = by === "pooled-eer" ? -1 : 1
    const goodness = values.map((own) => sign * own[key])
    const bestOther = Math.max(...goodness.filter((_, i) => i !== chosen))
    assert.doesNotMatch(text, /is the best|wins|winner/i, "nobody is called best")
    if (values.length === 1) {
      assert.match(text, /^model-0: /)
    } else {
      assert.ok(text.startsWith(`model-${chosen}, chosen on dev among ${values.length} models: `), text)
      const gap = Number((100 * Math.abs(goodness[chosen] - bestOther)).toFixed(2))
      const said = /On eval (\S+) (?:is (also )?better|has the same)/.exec(text)
      if (goodness[chosen] === bestOther) {
        seen.equal++
        assert.match(text, /has the same (balanced accuracy|pooled EER|pooled AUC)\.$/)
        assert.equal(goodness[Number(said?.[1].split("-")[1])], bestOther)
      } else {
        const better = Number(said?.[1].split("-")[1])
        assert.equal(goodness[better], Math.max(...goodness), `${text} ${goodness}`)
        assert.equal(said?.[2] !== undefined, goodness[chosen] > bestOther, "“also” where the choice holds")
        assert.equal(Number(/by ([\d.]+) points/.exec(text)?.[1]), gap, text)
        const [, low, high, p] = /interval (\S+) to (\S+); p = ([\d.e-]+)/.exec(text) ?? []
        const [from, to] = [low, high].map((end) => Number(end?.replace("\u2212", "-")))
        assert.ok(from <= to, text)
        const beyond = Number(p) * (values.length - 1) < 0.05
        assert.equal(/more than chance explains\.$/.test(text), beyond, text)
        assert.equal(/within chance\.$/.test(text), !beyond, text)
        if (goodness[chosen] > bestOther) seen.better++
        else seen.worse++
        if (beyond) seen.beyond++
        else seen.within++
      }
    }
    const environment = { engine: { name: "cpu" }, datasetHash: "", createdAt: "" } as LoadedRun["environment"]
    const run = { name: "r", config, environment, metrics, plan: { arms: [], tasks: [], cells: [] }, jobs: [] }
    const blocks = verdictBlocks({ ...run, folder: "", failures: [], interruptions: [] })
    const titles = blocks.flatMap((block) => (block.kind === "banner" && block.tone === "verdict" ? [block.title] : []))
    assert.deepEqual(titles, [text], "the page")
    assert.equal(experimentEntry({ ...run, flags: [] }).run.verdict, text, "the index and the operator page")
    assert.ok(resultTable(metrics, config).includes(text), "the terminal")
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count >= 10, `${what}: ${count}`)
})
