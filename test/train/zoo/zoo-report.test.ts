import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { systemClock } from "@sourceprint/core/clock.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { loadPredictor } from "@sourceprint/model/load-predictor.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import { errorSection } from "@sourceprint/train/report/error-gallery.js"
import { type LoadedRun, loadRun } from "@sourceprint/train/report/load-run.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../../support/tiny-scanners.js"

/** Patches smaller than the models' own, in the experiment's view: whoever reads a model back must know the view. */
const view = "view: { region: { kind: sensor-window, sidePx: 64 }, patches: { sidePx: 64, grid: 1 } }"

let tiny: TinyScanners
let run: LoadedRun
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 3 })
  const file = join(tiny.folder, "zoo.yaml")
  const models = zooEntries.map(({ id }) => `  - id: ${id}`).join("\n")
  await writeFile(
    file,
    tinyExperiment(tiny.dataset)
      .replace(/view: .*/, view)
      .replace("folds: 3", "fractions: { train: 0.34, dev: 0.33, eval: 0.33 }")
      .replace(/models:[\s\S]*?training: .*/, `models:\n${models}\ntraining: { epochs: 1, batchSize: 4 }`),
  )
  const result = await runExperiment(file, { runsFolder: join(tiny.folder, "runs") })
  assert.equal(result.state, "finished", JSON.stringify(result.failures))
  run = await loadRun(result.runFolder, result.runName)
})
after(() => tiny.remove())

for (const { id } of zooEntries) {
  test(`${id}: chosen, it has a gallery with a heat map; promoted, it predicts as it did`, async () => {
    const arm = run.plan.arms.find(({ model }) => model.id === id)
    assert.ok(arm !== undefined)
    const won = { ...run, metrics: { ...run.metrics, winner: { ...run.metrics.winner, arm: arm.id } } }
    const { blocks } = await errorSection(won, { count: 2 })
    assert.deepEqual(
      blocks.map(({ kind }) => kind),
      ["gallery"],
      JSON.stringify(blocks),
    )
    const [gallery] = blocks
    assert.ok(gallery.kind === "gallery" && gallery.items.length === 2)
    for (const { panels } of gallery.items) assert.equal(panels[1].overlays?.[0].name, "heat map")

    const registryFolder = join(tiny.folder, "registry")
    const [card] = await promoteModels({
      runFolder: run.folder,
      registryFolder,
      configuration: arm.label,
      licence: "none",
      limits: [],
      clock: systemClock,
    })
    const job = run.jobs.find(({ metrics }) => metrics.cell === card.origin.cell)
    const row = job?.scores.find(({ side }) => side === "eval")
    assert.ok(row !== undefined)
    const predictor = await loadPredictor(card.id, { engine: "wasm", registryFolder })
    try {
      const [verdict] = await predictor.predict([await readGrayImage(join(tiny.dataset, row.path))])
      assert.ok(Math.abs(verdict.probTargetScanner - row.score) < 1e-5, `${verdict.probTargetScanner} ${row.score}`)
    } finally {
      predictor.dispose()
    }
  })
}
