import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { copyFile, readdir, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { promisify } from "node:util"
import { hasCode } from "@sourceprint/core/errors.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { loadPredictor } from "@sourceprint/model/load-predictor.js"
import { pluginChecks } from "@sourceprint/train/plugins/contract.js"
import { loadedPlugin, loadPlugin } from "@sourceprint/train/plugins/load-plugin.js"
import { newModel } from "@sourceprint/train/plugins/new-model.js"
import { promoteModels } from "@sourceprint/train/promote-model.js"
import { errorSection } from "@sourceprint/train/report/error-gallery.js"
import { loadRun } from "@sourceprint/train/report/load-run.js"
import { reportRun } from "@sourceprint/train/report.js"
import { type RunResult, runExperiment } from "@sourceprint/train/run-experiment.js"
import { projectRoot } from "../../support/shared-data.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../../support/tiny-scanners.js"

const example = join(projectRoot, "examples/plugins/difference-energy.mjs")
const inTiny = (name: string): string => join(tiny.folder, name)

let tiny: TinyScanners
let template: string
let result: RunResult
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 4 })
  // Where a plug-in lies, node finds the packages that it imports.
  await symlink(join(projectRoot, "node_modules"), inTiny("node_modules"))
  template = await newModel(inTiny("plugins"), "own-net")
  await copyFile(example, inTiny("energy.mjs"))
  result = await runExperiment(await experimentFile(inTiny("energy.mjs")), { runsFolder: inTiny("runs") })
})
after(() => tiny.remove())

async function experimentFile(energy: string): Promise<string> {
  const text = tinyExperiment(tiny.dataset, `plugins: [${JSON.stringify(energy)}, ${JSON.stringify(template)}]`)
  const models = `models:
  - id: difference-energy
  - id: own-net
    settings: { patchSidePx: 32, filters: [4] }
    augment: { steps: [{ id: own-net-invert, settings: { share: 0.25 } }, { id: negative }] }
`
  const path = inTiny("plugged.yaml")
  await writeFile(path, text.replace(/models:[\s\S]*?(?=training:)/, models))
  return path
}

test("models, augmentations and metrics of plug-ins are trained in processes of their own and recorded", async () => {
  assert.equal(result.state, "finished", JSON.stringify(result.failures))
  const run = await loadRun(result.runFolder)
  assert.deepEqual(
    run.environment.plugins?.map(({ name, version }) => [name, version]),
    [
      ["difference-energy", "1.0.0"],
      ["own-net", "0.1.0"],
    ],
  )
  const { sha256 } = await loadPlugin(example)
  assert.equal(run.environment.plugins?.[0].sha256, sha256)
  const kept = join(result.runFolder, "plugins", `${sha256.slice(0, 8)}-energy.mjs`)
  assert.equal(await readFile(kept, "utf8"), await readFile(example, "utf8"))
  for (const { metrics, scores } of run.jobs) {
    const judged = scores.filter(({ side, label }) => side === "eval" && label === 1)
    const mean = judged.reduce((sum, { score }) => sum + score, 0) / judged.length
    assert.ok(Math.abs((metrics.further?.["own-net-mean-score"] ?? Number.NaN) - mean) < 1e-6)
    assert.equal(metrics.further?.["worst-scanner-fmr"], metrics.eval.fmr.rate, "there is one other scanner")
  }
})

test("the page has the models, their gallery, the figures and the sections", async () => {
  const page = await readFile(await reportRun(inTiny("runs"), result.runName, { reportsFolder: inTiny("out") }), "utf8")
  for (const text of ["difference-energy", "own-net", "worst-scanner-fmr", "Grain of the scanners", "Plug-in own-net"])
    assert.ok(page.includes(text), text)
  const run = await loadRun(result.runFolder)
  for (const { id } of run.plan.arms) {
    const won = { ...run, metrics: { ...run.metrics, winner: { ...run.metrics.winner, arm: id } } }
    const { blocks } = await errorSection(won, { count: 1 })
    assert.deepEqual(
      blocks.map(({ kind }) => kind),
      ["gallery"],
      JSON.stringify(blocks),
    )
  }
})

test("a network of a plug-in is promoted and read without it; a kind that only its code reads is not", async () => {
  const request = { runFolder: result.runFolder, registryFolder: inTiny("registry"), licence: "none", limits: [] }
  const [card] = await promoteModels({ ...request, configuration: "own-net" })
  assert.deepEqual(card.model.kind, "layers")
  const predictor = await loadPredictor(card.id, { engine: "wasm", registryFolder: request.registryFolder })
  predictor.dispose()
  await assert.rejects(promoteModels({ ...request, configuration: "difference-energy" }), (e) =>
    hasCode(e, "promote/plugin"),
  )
})

test("another code is another run; a job refuses a file that is not the one it began with", async () => {
  const edited = inTiny("edited.mjs")
  await writeFile(edited, (await readFile(example, "utf8")).replace("1e-3, 1e-3", "1e-2, 1e-2"))
  const file = await experimentFile(edited)
  const controller = new AbortController()
  controller.abort()
  const options = { runsFolder: inTiny("runs"), signal: controller.signal }
  const stopped = await runExperiment(file, options)
  assert.notEqual(stopped.runName, result.runName)
  const { sha256 } = await loadPlugin(edited)
  await writeFile(edited, `${await readFile(edited, "utf8")}\n`)
  await assert.rejects(loadPlugin(edited, sha256), (e) => hasCode(e, "plugin/changed"))
  assert.notEqual((await runExperiment(file, options)).runName, stopped.runName)
  assert.equal((await readdir(inTiny("runs"))).length, 3)
})

test("what the example and the template add keeps the contract; what does not keep it is named", async () => {
  const { tf } = await selectEngine("wasm")
  for (const file of [example, template]) {
    const checks = pluginChecks(loadedPlugin(await loadPlugin(file)), tf)
    assert.equal(checks.length, 5)
    for (const { run } of checks) await run()
  }
  const broken = inTiny("broken.mjs")
  await writeFile(broken, (await readFile(template, "utf8")).replaceAll("rng.float()", "Math.random()"))
  const checks = pluginChecks(loadedPlugin(await loadPlugin(broken)), tf)
  const faults: string[] = []
  for (const { name, run } of checks) {
    try {
      await run()
    } catch {
      faults.push(name)
    }
  }
  assert.deepEqual(faults, [
    "own-net-invert: keeps the size, leaves its input alone, and follows from its random numbers",
  ])
})

test("a file that is no plug-in is refused with the cause and the cure", async () => {
  const cases = [
    ["none.mjs", undefined, "plugin/missing", /none\.mjs/],
    ["throws.mjs", "throw new Error('my fault')", "plugin/broken", /my fault/],
    ["shape.mjs", "export default { name: 'x', models: [{ id: 'Big', summary: 's' }] }", "plugin/shape", /lower-case/],
    ["two.mjs", 'import { x } from "./other.mjs"\nexport default x', "plugin/import", /other\.mjs.*one file/],
    ["typed.ts", "export default { name: 'typed' as string }", "plugin/typescript", /22\.18/],
  ] as const
  for (const [name, text, code, words] of cases) {
    if (text !== undefined) await writeFile(inTiny(name), text)
    const readsTypes = name === "typed.ts" && (process.features as { typescript?: unknown }).typescript
    if (readsTypes) assert.equal(loadedPlugin(await loadPlugin(inTiny(name))).name, "typed")
    else await assert.rejects(loadPlugin(inTiny(name)), (e) => hasCode(e, code) && words.test(e.message), name)
  }
  await assert.rejects(newModel(inTiny("plugins"), "own-net"), (e) => hasCode(e, "new/exists"))
})

test("TypeScript checks plug-ins: the example and the template have no error, a wrong setting has", async () => {
  const wrong = inTiny("wrong.mjs")
  await writeFile(wrong, (await readFile(template, "utf8")).replace('pooling: "max"', "pooling: 3"))
  const flags = "--ignoreConfig --noEmit --allowJs --checkJs --strict --target es2024 --types node --module nodenext"
  const check = (...files: string[]): Promise<string> =>
    promisify(execFile)(
      process.execPath,
      [join(projectRoot, "node_modules/typescript/bin/tsc"), ...flags.split(" "), "--skipLibCheck", ...files],
      { cwd: projectRoot },
    ).then(
      () => "",
      ({ stdout }: { stdout: string }) => stdout,
    )
  assert.match(
    await check(example, template, wrong),
    /^[^\n]*wrong\.mjs[^\n]*pooling[\s\S]*$|^[^\n]*wrong\.mjs[^\n]*number/,
  )
})

test("a run that is only read runs no code", () => {
  const ref = { file: "elsewhere.mjs", sha256: "0".repeat(64) }
  assert.throws(
    () => loadedPlugin(ref),
    (e) => hasCode(e, "plugin/not-loaded") && e.message.includes("--plugin"),
  )
})
