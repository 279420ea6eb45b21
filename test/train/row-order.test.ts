import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import { noProgress } from "@sourceprint/core/progress.js"
import { Rng } from "@sourceprint/core/rng.js"
import { loadRun } from "@sourceprint/train/report/load-run.js"
import { runAudit } from "@sourceprint/train/report/run-audit.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { differingFiles, runDigest } from "../support/run-digest.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
before(async () => {
  tiny = await tinyScanners({ scanners: 3, fingers: 6 })
})
after(() => tiny.remove())

test("rows of a manifest in any order: the same bytes of every model, score and figure", async () => {
  const file = join(tiny.folder, "tiny.yaml")
  // Models that measure textures take 64 px and more: what a 48 px image lacks is filled up.
  const models = ["texture-ridge", "noise-reference", "texture-mlp"].map((id) => `  - id: ${id}\n`).join("")
  const whole = "view: { region: { kind: common-window, sidePx: 64 } }"
  const drawn = tinyExperiment(tiny.dataset)
    .replace("targets: [s0] }", "targets: [s0], maxImagesPerOther: 10 }")
    .replace("folds: 3", "fractions: { train: 0.34, dev: 0.33, eval: 0.33 }")
    .replace("training: {", `${models.replaceAll("\n", `\n    ${whole}\n`)}training: {`)
  await writeFile(file, drawn)
  const written = await readManifest(tiny.dataset)
  const outcome = async (name: string) => {
    const runsFolder = join(tiny.folder, name)
    const { state, runFolder, runName } = await runExperiment(file, { runsFolder })
    assert.equal(state, "finished")
    const audit = await runAudit(await loadRun(runFolder, runName), join(runsFolder, "audits"), noProgress)
    const digest = await runDigest(runFolder)
    assert.equal([...digest.keys()].filter((path) => path.endsWith("/scores.csv")).length, 4, "4 models")
    return { digest, audit }
  }
  const expected = await outcome("written")
  await writeManifest(tiny.dataset, new Rng(1).shuffled(written))
  assert.notDeepEqual(await readManifest(tiny.dataset), written, "the file is not put in order")
  const { digest, audit } = await outcome("shuffled")
  assert.deepEqual(differingFiles(digest, expected.digest), [])
  assert.deepEqual(audit, expected.audit)
})
