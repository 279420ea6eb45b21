/** Trains networks of the zoo on one engine and prints the losses of each: in a process of its own, which a native
 *  library may end. Arguments: engine, side of the images in px, steps, models. */
import { Rng } from "@sourceprint/core/rng.js"
import { type EngineName, selectEngine } from "@sourceprint/engine/select-engine.js"
import type { ResolvedTraining } from "@sourceprint/train/plan.js"
import { trialStep } from "@sourceprint/train/trial-step.js"
import { zooEntry } from "@sourceprint/train/zoo/registry.js"

const ROWS = 8
/** A small one: the first steps of Adam are a learning rate long whatever the gradient, so rounding decides the sign of
 *  those near 0. */
const LEARNING_RATE = 1e-4
const [engine = "wasm", sidePx, steps, ...ids] = process.argv.slice(2)
const { tf } = await selectEngine(engine as EngineName, { threads: 1 })
for (const id of ids) {
  const plan = zooEntry(id).plan(undefined, { region: { kind: "common-window", sidePx: Number(sidePx) } })
  if (plan.recipe.kind !== "layers") throw new Error(`${id} is no network`)
  const training = { ...plan.training, learningRate: LEARNING_RATE, optimiser: { kind: "adam" } } as ResolvedTraining
  const rng = new Rng("engine losses")
  const rows = Float32Array.from({ length: ROWS * plan.inputShape.reduce((a, b) => a * b, 1) }, () => rng.float() - 0.5)
  const labels = Uint8Array.from({ length: ROWS }, (_, i) => i % 2)
  const step = trialStep(tf, { training }, plan.recipe.build(tf, 1), plan.inputShape, { rows, labels })
  const losses: number[] = []
  for (let i = 0; i < Number(steps); i++) losses.push((await step()).lossSum / ROWS)
  console.log(JSON.stringify(losses))
}
