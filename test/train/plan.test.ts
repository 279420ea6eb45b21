import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { readConfigText } from "@sourceprint/train/config-file.js"
import { planExperiment, tasksOf } from "@sourceprint/train/plan.js"
import { combinations } from "@sourceprint/train/sweep.js"

const TEXT = `name: example
dataset: { folder: data/x }
split: { by: finger, folds: 5 }
view: { region: { kind: common-window, sidePx: 64 } }
models:
  - id: small-cnn
  - id: small-cnn
    label: wide
    settings: { filters: [32, 32] }
    training: { batchSize: 8 }
training: { epochs: 3 }
`
const plan = (more = "", scanners = ["a", "b", "c"]) => planExperiment(readConfigText(TEXT + more, "e.yaml"), scanners)

test("jobs are configurations × tasks × folds × seeds; ids differ, and follow from content alone", () => {
  const { configurations, tasks, jobs } = plan("seeds: [1, 2]\n")
  assert.deepEqual([configurations.length, tasks.length, jobs.length], [2, 3, 2 * 3 * 5 * 2])
  assert.equal(new Set(jobs.map(({ id }) => id)).size, jobs.length)
  assert.deepEqual(
    plan("seeds: [2, 1]\n")
      .jobs.map(({ id }) => id)
      .sort(),
    jobs.map(({ id }) => id).sort(),
  )
  assert.ok(jobs.every(({ id }) => /^[a-z0-9.-]+$/.test(id)))
  const changed = new Set(plan("seeds: [1, 2]\n").jobs.map(({ id }) => id))
  for (const { id } of plan("seeds: [1, 2]\ndecision: { kind: target-fmr, maxFmr: 0.01 }\n").jobs)
    assert.ok(!changed.has(id))
})

test("a model's own training goes before the experiment's, and that before the model's defaults", () => {
  const [narrow, wide] = plan().configurations
  assert.equal(wide.training.batchSize, 8)
  assert.equal(narrow.training.batchSize, 32)
  assert.deepEqual([narrow.training.epochs, wide.training.epochs], [3, 3])
})

test("product crosses, zip pairs, and a configuration that a value does not concern is planned once", () => {
  const product = { x: [1, 2, 3], y: [4, 5] }
  const zip = { z: ["a", "b"], w: [true, false] }
  const all = combinations({ product, zip }).map((some) => Object.fromEntries(some))
  assert.equal(all.length, 12)
  assert.ok(all.every(({ z, w }) => (z === "a") === w))
  const { configurations } = plan(
    "sweep: { product: { models.wide.settings.weightDecay: [0, 0.01] }, zip: { training.learningRate: " +
      "[0.1, 0.2], split.folds: [3, 4] } }\n",
  )
  assert.deepEqual(
    configurations.map(({ label }) => label),
    [
      "small-cnn · training.learningRate=0.1 · split.folds=3",
      "wide · training.learningRate=0.1 · split.folds=3 · settings.weightDecay=0",
      "wide · training.learningRate=0.1 · split.folds=3 · settings.weightDecay=0.01",
      "small-cnn · training.learningRate=0.2 · split.folds=4",
      "wide · training.learningRate=0.2 · split.folds=4 · settings.weightDecay=0",
      "wide · training.learningRate=0.2 · split.folds=4 · settings.weightDecay=0.01",
    ],
  )
})

test("what may not be swept, or is out of range, is refused by name", () => {
  const refusal = (more: string, code: string, pattern: RegExp): void =>
    assert.throws(
      () => plan(more),
      (e) => hasCode(e, code) && pattern.test(e.message),
    )
  refusal("sweep: { product: { engine: [cpu] } }\n", "config/sweep", /engine cannot be swept/)
  refusal(
    "sweep: { product: { training.epochs: [1, 0] } }\n",
    "config/invalid",
    /sweep training\.epochs=0: training\.epochs is 0/,
  )
  refusal(
    "sweep: { product: { training.epochs: [1] }, zip: { training.epochs: [2] } }\n",
    "config/sweep",
    /in product and in zip/,
  )
})

test("tasks: every scanner, the named ones, every pair, the named pairs", () => {
  const scanners = ["b", "a", "c", "a"]
  const ids = (tasks: Parameters<typeof tasksOf>[0]): string[] => tasksOf(tasks, scanners).map(({ id }) => id)
  assert.deepEqual(ids({ kind: "one-vs-all", targets: "every" }), ["a vs all", "b vs all", "c vs all"])
  assert.deepEqual(ids({ kind: "one-vs-all", targets: ["c"] }), ["c vs all"])
  assert.deepEqual(ids({ kind: "one-vs-one", pairs: "every" }), ["a vs b", "a vs c", "b vs c"])
  assert.deepEqual(ids({ kind: "one-vs-one", pairs: [["c", "a"]] }), ["c vs a"])
  assert.throws(
    () => ids({ kind: "one-vs-all", targets: ["d"] }),
    (e) => hasCode(e, "plan/scanner") && e.message.includes("a, b, c"),
  )
  assert.throws(
    () => ids({ kind: "one-vs-one", pairs: [["a", "a"]] }),
    (e) => hasCode(e, "plan/scanner"),
  )
})

test("10,000 jobs are planned at once", () => {
  const rates = Array.from({ length: 200 }, (_, i) => (i + 1) / 1000)
  const started = process.cpuUsage()
  const { jobs } = plan(
    `seeds: [1, 2, 3, 4]\nsweep: { product: { training.learningRate: ${JSON.stringify(rates)} } }\n`,
    ["a", "b"],
  )
  assert.equal(jobs.length, 2 * 200 * 2 * 5 * 4)
  assert.equal(new Set(jobs.map(({ id }) => id)).size, jobs.length)
  assert.ok(process.cpuUsage(started).user < 5e6, "in seconds of CPU")
})

test("leaving a scanner out: each target has a model of all, and one without each other scanner", () => {
  const { tasks } = plan("tasks: { kind: leave-one-scanner-out, targets: [a], leftOut: [a, b] }\n")
  assert.deepEqual(tasks, [
    { id: "a vs all", target: "a", others: ["b", "c"] },
    { id: "a vs all, b unseen", target: "a", others: ["c"], unseen: "b" },
  ])
  assert.equal(plan("tasks: { kind: leave-one-scanner-out }\n").tasks.length, 3 + 3 * 2)
  assert.throws(() => tasksOf({ kind: "leave-one-scanner-out", targets: "every", leftOut: "every" }, ["a", "b"]))
})

test("what is judged beside eval names the job; without it ids are what they were", () => {
  const [before] = plan().jobs
  assert.equal(before.id, "a-vs-all.small-cnn.f0.s1.8398c795bc")
  const [after] = plan(
    "eval: { perturb: [{ kind: jpeg, quality: 95 }, [{ kind: equalise }, { kind: noise, sigma: 2 }]] }\n",
  ).jobs
  assert.notEqual(after.id, before.id)
  assert.equal(after.configuration.id, before.configuration.id)
  assert.deepEqual(
    after.perturb?.map((chain) => chain.length),
    [1, 2],
  )
  const [few] = plan("train: { imagesPerScanner: 5 }\n").configurations
  assert.notEqual(few.id, before.configuration.id)
  assert.throws(() => plan("eval: { perturb: [{ kind: jpeg, quality: 950 }] }\n"), /perturb\[0\].*quality/)
  assert.throws(() => plan("eval: { perturb: [{ kind: jpg }] }\n"), /perturb/)
  const presented = "tasks: { kind: presentation }\neval: { perturb: [{ kind: equalise }] }\n"
  assert.throws(() => plan(presented), /eval.perturb is about scanners/)
})
