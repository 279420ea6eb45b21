import assert from "node:assert/strict"
import { test } from "node:test"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { jobSamples } from "@sourceprint/train/job-samples.js"
import { type JobSpec, tasksOf } from "@sourceprint/train/plan.js"
import { presentationKinds } from "@sourceprint/train/presentation-tasks.js"
import { sampleOf } from "../support/small-dataset.js"

/** Nine fingers, two touches each; six have a cast too, of one of two materials. */
const samples: Sample[] = Array.from({ length: 9 }, (_, f) => {
  const at = (path: string, more: Partial<Sample>) => sampleOf({ path: `${path}/${f}`, subject: `p${f}`, ...more })
  const casts = f < 6 ? [at("cast", { presentation: "attack", species: f % 2 ? "latex" : "gelatine" })] : []
  const live = [1, 2].map((impression) => at(`live${impression}`, { impression, presentation: "bona-fide" }))
  return [...live, ...casts, at("unlabelled", { impression: 9 })]
}).flat()

const kinds = presentationKinds(samples)
const job = (task: JobSpec["task"], fold: number) =>
  ({ task, fold, configuration: { split: { by: "finger", seed: 1, folds: 3 } } }) as unknown as JobSpec
const sides = ["train", "dev", "eval"] as const

test("a finger and its cast lie on one side, every labelled image is eval once, unlabelled ones stay out", () => {
  const [task] = tasksOf({ kind: "presentation", attacks: "together" }, ["a"], kinds)
  assert.deepEqual(task.others, ["gelatine", "latex"])
  const seen: string[] = []
  for (const fold of [0, 1, 2]) {
    const split = jobSamples(samples, job(task, fold))
    const sideOf = new Map<string, string>()
    for (const side of sides) {
      assert.deepEqual([...new Set(split[side].map(({ label }) => label))].sort(), [0, 1])
      for (const { sample, label, index, source } of split[side]) {
        assert.equal(samples[index], sample)
        assert.equal(label, sample.presentation === "bona-fide" ? 1 : 0)
        assert.equal(source, label === 1 ? "bona fide" : sample.species)
        assert.equal(sideOf.get(sample.subject) ?? side, side)
        sideOf.set(sample.subject, side)
      }
    }
    seen.push(...split.eval.map(({ sample }) => sample.path))
  }
  const labelled = samples.filter(({ presentation }) => presentation !== undefined)
  assert.deepEqual(seen.sort(), labelled.map(({ path }) => path).sort())
})

test("an unseen species is judged and neither trained on nor used for the threshold", () => {
  const tasks = tasksOf({ kind: "presentation", attacks: "leave-one-species-out" }, ["a"], kinds)
  assert.deepEqual(
    tasks.map(({ presentation }) => presentation?.unseen),
    [undefined, "gelatine", "latex"],
  )
  const judged = new Set<string>()
  for (const fold of [0, 1, 2]) {
    const split = jobSamples(samples, job(tasks[2], fold))
    for (const side of sides) {
      for (const { source } of split[side])
        assert.ok(source === "bona fide" || (source === "latex") === (side === "eval"))
    }
    for (const { source } of split.eval) judged.add(source)
  }
  assert.ok(judged.has("latex"))
})

test("what the question lacks is said", () => {
  const refuses = (attacks: "together" | "leave-one-species-out", of: readonly string[], why: RegExp) =>
    assert.throws(
      () => tasksOf({ kind: "presentation", attacks }, ["a"], of),
      (e) => hasCode(e, "plan/presentation") && why.test(e.message),
    )
  refuses("together", ["latex"], /no bona fide presentation/)
  refuses("together", ["bona fide"], /no attack/)
  refuses("leave-one-species-out", ["bona fide", "latex"], /two species; the dataset has latex/)
})
