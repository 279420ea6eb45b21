import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { compareRuns, loadDataset, loadRun, planExperiment, runExperiment } from "@sourceprint/train/api.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 6 })
})
after(() => tiny.remove())

const loaded = async (name: string, change: (text: string) => string) => {
  const file = join(tiny.folder, `${name}.yaml`)
  const text = tinyExperiment(tiny.dataset).replace("folds: 3", "fractions: { train: 0.34, dev: 0.33, eval: 0.33 }")
  await writeFile(file, change(text))
  return await loadRun((await runExperiment(file, { runsFolder: join(tiny.folder, "runs") })).runFolder)
}

test("two runs on the same images are compared finger by finger; on others they are not", async () => {
  const { samples, scanners, hash } = await loadDataset(tiny.dataset)
  assert.deepEqual([samples.length, scanners, hash.length], [24, ["s0", "s1"], 64])
  const one = await loaded("one", (text) => text)
  const two = await loaded("two", (text) => text.replace("epochs: 3", "epochs: 1"))
  assert.equal((await planExperiment(join(tiny.folder, "one.yaml"))).plan.jobs.length, one.jobs.length)
  const there = compareRuns(one, two)
  const back = compareRuns(two, one)
  assert.ok(there !== undefined && back !== undefined)
  for (const key of ["balancedAccuracy", "eer", "auc"] as const) {
    const figure = (run: typeof one): number => run.metrics.arms[0].pooled[key].value
    assert.ok(Math.abs(there[key].difference - (figure(one) - figure(two))) < 1e-12, key)
    assert.ok(Math.abs(there[key].difference + back[key].difference) < 1e-12, "the other way round, the other sign")
    assert.ok(Math.abs(there[key].interval.low + back[key].interval.high) < 1e-9)
  }
  assert.equal(compareRuns(one, one)?.eer.pValue, 1)
  const other = await loaded("three", (text) => text.replace("seed: 1", "seed: 2"))
  assert.equal(compareRuns(one, other), undefined, "other people in eval")
})
