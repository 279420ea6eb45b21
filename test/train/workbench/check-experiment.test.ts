import assert from "node:assert/strict"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { readConfigText, resolveConfig } from "@sourceprint/train/config-file.js"
import { runNameOf } from "@sourceprint/train/run-folder.js"
import { checkExperiment, experimentOfRun, writeExperiment } from "@sourceprint/train/workbench/check-experiment.js"
import { parse } from "yaml"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../../support/tiny-scanners.js"

let tiny: TinyScanners
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 3 })
})
after(() => tiny.remove())

const foldersIn = (name: string) => ({
  experimentsFolder: join(tiny.folder, name, "experiments"),
  runsFolder: join(tiny.folder, name, "runs"),
})
const written = (): Record<string, unknown> => parse(tinyExperiment(tiny.dataset))

test("a form's experiment is told what it would run, or what is wrong at which field", async () => {
  const folders = foldersIn("check")
  const { plan, problems, yaml } = await checkExperiment(written(), folders)
  assert.deepEqual(problems, [])
  assert.deepEqual([plan?.jobs, plan?.models, plan?.tasks, plan?.images], [3, ["small-cnn"], ["s0 vs all"], 12])
  assert.equal(plan?.run, runNameOf(resolveConfig(readConfigText(yaml, "again"))))
  const cases: [Record<string, unknown>, (string | number)[], RegExp][] = [
    [{ training: { epochs: "three" } }, ["training", "epochs"], /training\.epochs is "three"; allowed: a whole number/],
    [{ models: [{ id: "small-cnn", settings: { filters: [] } }] }, ["models", 0, "settings", "filters"], /filters/],
    [{ models: [{ id: "no-such" }] }, ["models", 0], /no-such/],
    [{ extra: 1 }, ["extra"], /no key "extra"/],
    [{ dataset: { folder: "no-such-folder" } }, ["dataset", "folder"], /no-such-folder/],
    [{ plugins: ["no-such-model.mjs"] }, ["plugins"], /no-such-model\.mjs/],
    [{ split: { by: "finger", folds: 2 } }, ["split", "folds"], /split\.folds is 2/],
    [{ tasks: { kind: "one-vs-all", targets: ["s9"] } }, [], /no scanner "s9"/],
  ]
  for (const [change, path, text] of cases) {
    const found = await checkExperiment({ ...written(), ...change }, folders)
    assert.equal(found.plan, undefined)
    assert.deepEqual(found.problems[0]?.path, path, JSON.stringify(found.problems))
    assert.match(found.problems[0].text, text)
    assert.doesNotMatch(found.problems[0].text, /\[[a-z]+\/[a-z-]+\]$/)
  }
})

test("the file is written once as by hand, and never over another's words", async () => {
  const folders = foldersIn("write")
  const first = await writeExperiment(written(), folders)
  assert.equal(first.file, join(folders.experimentsFolder, "tiny.yaml"))
  assert.deepEqual(parse(await readFile(first.file, "utf8")), written())
  assert.equal((await writeExperiment(written(), folders)).file, first.file)
  const other = await writeExperiment({ ...written(), question: "Another?" }, folders)
  assert.equal(other.file, join(folders.experimentsFolder, `${other.run}.yaml`))
  assert.deepEqual(parse(await readFile(first.file, "utf8")), written())
  await assert.rejects(writeExperiment({ name: "x" }, folders), (error) => hasCode(error, "config/invalid"))
})

test("a clone says what somebody would write, and means the same run", async () => {
  const { runsFolder } = foldersIn("clone")
  const config = resolveConfig(readConfigText(tinyExperiment(tiny.dataset, "seeds: [4]\n"), "tiny"))
  const name = runNameOf(config)
  await mkdir(join(runsFolder, name), { recursive: true })
  await writeFile(join(runsFolder, name, "config.json"), JSON.stringify(config))
  const experiment = await experimentOfRun(runsFolder, name)
  const again = resolveConfig(readConfigText(JSON.stringify(experiment), "clone"))
  assert.equal(runNameOf(again), name)
  for (const key of ["decision", "winner", "sweep", "augment", "question"]) assert.ok(!(key in experiment), key)
  assert.deepEqual(experiment.seeds, [4])
  assert.deepEqual(Object.keys(experiment.training as object).sort(), ["batchSize", "epochs", "patience"])
  await assert.rejects(experimentOfRun(runsFolder, "../x"), (error) => hasCode(error, "run/unknown"))
})
