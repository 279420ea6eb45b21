import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { bootstrapGroup, jobSamples, selectSamples } from "@sourceprint/train/job-samples.js"
import type { JobSpec, Task } from "@sourceprint/train/plan.js"
import { crossedSamples, sampleOf } from "../support/small-dataset.js"

const samples = crossedSamples({ scanners: 3, subjects: 6, fingers: 1, impressions: 2, ownPeople: true })
const task = (target: string, more: Partial<Task> = {}): Task => ({
  id: `${target} vs all`,
  target,
  others: ["s0", "s1", "s2"].filter((name) => name !== target),
  ...more,
})
const job = (of: Task, fold: number): JobSpec =>
  ({ task: of, fold, configuration: { split: { by: "finger", seed: 1, folds: 3 } } }) as unknown as JobSpec
const paths = (list: readonly { readonly sample: { readonly path: string } }[]): string[] =>
  list.map(({ sample }) => sample.path).sort()

test("every task sees the same sides, labelled by its target, and every image is eval once", () => {
  for (const fold of [0, 1, 2]) {
    const [a, b] = [jobSamples(samples, job(task("s0"), fold)), jobSamples(samples, job(task("s1"), fold))]
    for (const side of ["train", "dev", "eval"] as const) assert.deepEqual(paths(a[side]), paths(b[side]))
    for (const { index, sample, label } of [...a.train, ...a.dev, ...a.eval]) {
      assert.equal(samples[index], sample)
      assert.equal(label, sample.scanner === "s0" ? 1 : 0)
    }
  }
  const evaluated = [0, 1, 2].flatMap((fold) => paths(jobSamples(samples, job(task("s0"), fold)).eval))
  assert.deepEqual(evaluated.sort(), samples.map(({ path }) => path).sort())
})

test("a pair sees its two scanners, a limit draws as many of each other and all of the target", () => {
  const pair = jobSamples(samples, job({ id: "s0 vs s2", target: "s0", others: ["s2"] }, 0))
  assert.deepEqual([...new Set(pair.train.map(({ sample }) => sample.scanner))].sort(), ["s0", "s2"])
  const all = (limited: Task): string[] => {
    const { train, dev, eval: evaluation } = jobSamples(samples, job(limited, 0))
    return [...train, ...dev, ...evaluation].map(({ sample }) => sample.scanner)
  }
  const drawn = all(task("s0", { maxImagesPerOther: 5 }))
  assert.deepEqual(
    ["s0", "s1", "s2"].map((name) => drawn.filter((scanner) => scanner === name).length),
    [12, 5, 5],
  )
})

test("collections and scanners choose images; an unknown name or choosing none is refused with what there is", () => {
  const mixed = [...samples, sampleOf({ scanner: "s9", collection: "trial" })]
  assert.equal(selectSamples(mixed, { folder: "data/x", collections: ["main"] }).length, samples.length)
  assert.equal(selectSamples(mixed, { folder: "data/x", scanners: ["s0", "s9"] }).length, 13)
  assert.throws(
    () => selectSamples(mixed, { folder: "data/x", collections: ["main", "Trial"] }),
    (e) => hasCode(e, "plan/name") && /no collection "Trial"; did you mean trial\? It has main, trial/.test(e.message),
  )
  assert.throws(
    () => selectSamples(mixed, { folder: "data/x", scanners: ["s0", "s7"] }),
    (e) => hasCode(e, "plan/name") && /no scanner "s7".*s0, s1, s2, s9/.test(e.message),
  )
  assert.throws(
    () => selectSamples(mixed, { folder: "data/x", collections: ["trial"], scanners: ["s0", "s1"] }),
    (e) => hasCode(e, "plan/empty") && e.message.includes("main, trial"),
  )
})

test("intervals are drawn over fingers, or over images where no finger is named", () => {
  assert.equal(bootstrapGroup(sampleOf({ subject: "p1", finger: "2" })), "p1/2")
  assert.equal(bootstrapGroup(sampleOf({ subject: "", path: "a.bmp" })), "a.bmp")
})
