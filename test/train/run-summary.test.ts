import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { evaluateJob } from "@sourceprint/train/evaluate.js"
import type { JobResult } from "@sourceprint/train/judged-rows.js"
import type { Configuration, Task } from "@sourceprint/train/plan.js"
import type { JobMetrics, JobScore } from "@sourceprint/train/run-record.js"
import { summariseRun } from "@sourceprint/train/run-summary.js"

const TASKS: Task[] = ["a", "b"].map((target) => ({ id: `${target} vs all`, target, others: [] }))
const configuration = (id: string, by: "finger" | "unsafe-by-image" = "finger"): Configuration =>
  ({ id, label: id.toUpperCase(), split: { by, seed: 1, folds: 3 } }) as unknown as Configuration

/** Jobs of a configuration whose target scores lie `gap` above the others'. */
function jobsOf(id: string, gap: number, parameterCount: number, seeds: readonly number[] = [1]): JobResult[] {
  return TASKS.flatMap(({ id: task, target }) =>
    seeds.flatMap((seed) =>
      [0, 1].map((fold) => {
        const rng = new Rng(`${task}/${fold}/${seed}`)
        const scores = ["a", "b", "c"].flatMap((scanner) =>
          (["dev", "eval"] as const).flatMap((side) =>
            Array.from({ length: 6 }, (_, i): JobScore => {
              const label = scanner === target ? 1 : 0
              const group = `${scanner}-${side}-${fold}-${i >> 1}`
              const score = Math.min(1, Math.max(0, 0.3 + 0.15 * rng.normal() + label * gap))
              return { side, path: `${group}-${i}`, scanner, group, label, score }
            }),
          ),
        )
        const judged = evaluateJob(scores, { kind: "eer" }, "dev")
        const model = { id, kind: "layers", parameterCount }
        return { scores, metrics: { arm: id, task, fold, seed, model, ...judged } as unknown as JobMetrics }
      }),
    ),
  )
}

test("the better configuration wins, with its figures and a paired comparison", () => {
  const jobs = [...jobsOf("good", 0.6, 100), ...jobsOf("poor", 0.15, 10)]
  const run = summariseRun([configuration("poor"), configuration("good")], TASKS, jobs, {
    by: "mean-balanced-accuracy",
    tieLevel: 0,
  })
  assert.equal(run.winner.arm, "good")
  const [poor, good] = run.arms
  const perTask = jobs.filter(({ metrics }) => metrics.arm === "good")
  const mean = perTask.reduce((sum, { metrics }) => sum + metrics.eval.balancedAccuracy, 0) / perTask.length
  assert.ok(Math.abs(good.pooled.balancedAccuracy.value - mean) < 1e-12, "equal folds: the mean of the jobs")
  assert.equal(good.pooled.fmr.trials, 2 * 2 * 12)
  assert.equal(good.pooled.fnmr.trials, 2 * 2 * 6)
  assert.ok(poor.pooled.eer.value > good.pooled.eer.value)
  for (const { value, interval } of [poor.pooled.balancedAccuracy, poor.pooled.eer, poor.pooled.auc]) {
    assert.ok(interval.low <= value && value <= interval.high)
  }
  assert.equal(run.comparisons.length, 1)
  assert.ok(run.comparisons[0].balancedAccuracy.difference > 0 && run.comparisons[0].balancedAccuracy.interval.low > 0)
})

test("the order in which jobs are read changes nothing", () => {
  const jobs = jobsOf("one", 0.3, 1, [1, 2])
  const rule = { by: "pooled-eer", tieLevel: 0 } as const
  const run = summariseRun([configuration("one")], TASKS, jobs, rule)
  assert.deepEqual(summariseRun([configuration("one")], TASKS, [...jobs].reverse(), rule), run)
  assert.equal(run.arms[0].seeds?.count, 2)
})

test("of configurations that tie the smallest wins; a split by image never beats an honest one", () => {
  const twins = [...jobsOf("large", 0.3, 100), ...jobsOf("small", 0.3, 10)]
  const tied = summariseRun([configuration("large"), configuration("small")], TASKS, twins, {
    by: "pooled-eer",
    tieLevel: 0.05,
  })
  assert.deepEqual([tied.winner.arm, tied.winner.tied], ["small", ["LARGE"]])
  const mixed = [...jobsOf("leaky", 0.6, 10), ...jobsOf("honest", 0.3, 10)]
  const run = summariseRun([configuration("leaky", "unsafe-by-image"), configuration("honest")], TASKS, mixed, {
    by: "pooled-eer",
    tieLevel: 0,
  })
  assert.equal(run.winner.arm, "honest")
})

test("no error seen: every figure has an interval by fingers, the same rule for a run and for a job", () => {
  const jobs = jobsOf("sure", 0.69, 1).map((job) => {
    const scores = job.scores.map((row) => ({ ...row, score: row.label === 1 ? 0.9 : 0.1 }))
    return { scores, metrics: { ...job.metrics, ...evaluateJob(scores, { kind: "eer" }, "dev") } }
  })
  const rule = { by: "mean-balanced-accuracy", tieLevel: 0 } as const
  const [{ pooled }] = summariseRun([configuration("sure")], TASKS, jobs, rule).arms
  const bound = (fingers: number): number => 1 - 0.05 ** (1 / fingers)
  const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-12, `${a} ${b}`)
  // Two tasks over two folds: 3 fingers of each of 3 scanners a fold. Targets: a and b; impostors: all three.
  const [genuine, impostors] = [2 * 2 * 3, 3 * 2 * 3]
  assert.equal(pooled.fmr.errors + pooled.fnmr.errors, 0)
  near(pooled.fnmr.interval.high, bound(genuine))
  near(pooled.fmr.interval.high, bound(impostors))
  near(pooled.balancedAccuracy.interval.low, 1 - (bound(genuine) + bound(impostors)) / 2)
  near(pooled.eer.interval.high, bound(genuine))
  near(pooled.auc.interval.low, 1 - bound(genuine))
  for (const { metrics } of jobs) {
    near(metrics.eval.fnmr.interval.high, bound(3))
    near(metrics.eval.fmr.interval.high, bound(6))
  }
})
