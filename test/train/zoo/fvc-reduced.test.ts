import assert from "node:assert/strict"
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { importDataset } from "@sourceprint/core/dataset/import/import-dataset.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const SETS = ["fvc2000", "fvc2002"].flatMap((year) => [1, 2, 3, 4].map((n) => join(year, `DB${n}_B`)))
const FINGERS = [101, 102, 103, 104, 105, 106, 107, 108]

test("real images, reduced: texture-mlp tells one scanner from seven, split by finger", {
  skip: withoutData("fvc2002"),
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "fvc-reduced-"))
  try {
    for (const set of SETS) {
      await mkdir(join(folder, "images", set), { recursive: true })
      for (const finger of FINGERS) {
        for (const name of [`${finger}_1.tif`, `${finger}_2.tif`])
          await cp(join(sharedData(set) ?? "", name), join(folder, "images", set, name))
      }
    }
    const dataset = join(folder, "data")
    await importDataset({ from: join(folder, "images"), into: dataset, layout: "fvc" })
    const file = join(folder, "reduced.yaml")
    await writeFile(
      file,
      `name: fvc-reduced
dataset: { folder: ${JSON.stringify(dataset)} }
tasks: { kind: one-vs-all, targets: [fvc2000-db2, fvc2002-db4] }
split: { by: finger, seed: 1, fractions: { train: 0.5, dev: 0.25, eval: 0.25 } }
view: { region: { kind: common-window, sidePx: 128 } }
models: [{ id: texture-mlp, training: { epochs: 12 } }]
engine: wasm
`,
    )
    const { metrics } = await runExperiment(file, { runsFolder: join(folder, "runs") })
    const [configuration] = metrics?.arms ?? []
    assert.ok(
      configuration.pooled.balancedAccuracy.value >= 0.95,
      `balanced accuracy ${configuration.pooled.balancedAccuracy.value}`,
    )
    assert.ok(configuration.pooled.eer.value <= 0.05, `EER ${configuration.pooled.eer.value}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
