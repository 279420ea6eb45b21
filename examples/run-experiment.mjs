// Plans, runs and compares two experiments and promotes a model, on generated images: node examples/run-experiment.mjs
import { mkdir, writeFile } from "node:fs/promises"
import { encodeBmp, grayImage, importDataset, Rng } from "@sourceprint/core"
import { compareRuns, loadDataset, loadRun, planExperiment, promote, runExperiment } from "@sourceprint/train"

// Two "scanners" of different grain, six people on each, two impressions: stripes stand for ridges.
for (const [scanner, grain] of [["grainy", 12], ["smooth", 10]]) {
  await mkdir(`images/${scanner}`, { recursive: true })
  for (let n = 0; n < 12; n++) {
    const rng = new Rng(`${scanner}/${n}`)
    const image = grayImage(64, 64)
    for (const i of image.pixels.keys()) {
      image.pixels[i] = 128 + 60 * Math.sin(i / (8 + (n >> 1))) + grain * rng.normal()
    }
    await writeFile(`images/${scanner}/p${n >> 1}_1_${1 + (n % 2)}.bmp`, encodeBmp(image))
  }
}
await importDataset({ from: "images", into: "data", layout: "{scanner}/{subject}_{finger}_{impression}.bmp" })
const { samples, scanners } = await loadDataset("data")
console.log(`${samples.length} images of ${scanners.join(", ")}`)

const experiment = (name, penalty) => `
name: ${name}
dataset: { folder: data }
split: { by: subject, folds: 3 }
view: { region: { kind: common-window, sidePx: 64 }, patches: { sidePx: 64, grid: 1 } }
models: [{ id: texture-ridge, settings: { penalty: ${penalty} } }]
engine: wasm
`
await writeFile("one.yaml", experiment("one", 0.01))
await writeFile("two.yaml", experiment("two", 10))
console.log(`${(await planExperiment("one.yaml")).plan.jobs.length} jobs`)

const loaded = []
for (const file of ["one.yaml", "two.yaml"]) {
  const { runFolder } = await runExperiment(file, { runsFolder: "runs" })
  loaded.push(await loadRun(runFolder))
}
const { difference, interval } = compareRuns(...loaded).balancedAccuracy
const points = (rate) => (100 * rate).toFixed(1)
const range = `${points(interval.low)} to ${points(interval.high)}`
console.log(`penalty 0.01 against 10: ${points(difference)} points (${range})`)

const [card] = await promote({
  runFolder: loaded[0].folder,
  registryFolder: "models",
  target: "grainy",
  id: "production-grainy",
  licence: "Apache-2.0",
  limits: ["generated stripes"],
})
console.log(`models/${card.id}`)
