import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"

const moduleAt = (path: string): string => import.meta.resolve(`@sourceprint/${path}.js`)

/** Prints the losses of the first steps at the default size, and whether all gradients were numbers. */
const script = `
  const [id, engineUrl, registryUrl, stepUrl] = process.argv.slice(1)
  const { selectEngine } = await import(engineUrl)
  const { zooEntry } = await import(registryUrl)
  const { trainingStep } = await import(stepUrl)
  const { tf } = await selectEngine("wasm")
  const view = { region: { kind: "sensor-window", sidePx: 128 } }
  const { recipe, inputShape, training } = zooEntry(id).plan(undefined, view)
  const model = recipe.build(tf, 5)
  const n = training.batchSize
  const losses = []
  for (let step = 0; step < 2; step++) {
    const rows = tf.tidy(() => tf.randomNormal([n, ...inputShape], 0, 1, "float32", step + 1).dataSync())
    const labels = Uint8Array.from({ length: n }, (_, i) => i % 2)
    const loss = { classWeights: [1, 1], labelSmoothing: 0 }
    const { lossSum, gradients } = trainingStep(tf, model, inputShape, { rows, labels }, loss)
    losses.push(gradients.every((one) => one.every(Number.isFinite)) ? lossSum / n : "a gradient is no number")
  }
  console.log(JSON.stringify(losses))
`

// In a process of its own each: the engine's memory is small then, and grows in the middle of a step.
for (const { id, plan } of zooEntries) {
  if (plan(undefined, { region: { kind: "sensor-window", sidePx: 128 } }).recipe.kind !== "layers") continue
  test(`${id}: the first steps at its default size have finite losses and gradients`, () => {
    const modules = ["engine/select-engine", "train/zoo/registry", "train/training-step"].map(moduleAt)
    const args = ["--input-type=module", "-e", script, id, ...modules]
    const losses: unknown[] = JSON.parse(
      execFileSync(process.execPath, args, { encoding: "utf8" }).trim().split("\n").at(-1) ?? "",
    )
    assert.equal(losses.length, 2)
    for (const loss of losses) assert.ok(typeof loss === "number" && loss > 0 && loss < 20, `${loss}`)
  })
}
