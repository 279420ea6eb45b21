/** The process in which an engine is tried, so that what a native library does to its process stays here. */
import { messageOf } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type EngineName, selectEngine } from "@sourceprint/engine/select-engine.js"
import type { TrialMessage, TrialNetwork } from "./choose-engine.js"
import { loadPlugins } from "./plugins/load-plugin.js"
import { trialStep } from "./trial-step.js"
import type { TfModule } from "./zoo/model-entry.js"
import { planOf } from "./zoo/plan-of.js"

const MOST_ROWS = 32
const MOST_STEPS = 3
const LONG_MS = 2000

/** The least of some steps on made-up rows after one to warm up: time does not depend on the pixels. */
async function stepMsOf(tf: TfModule, network: TrialNetwork): Promise<number> {
  await loadPlugins(network.plugins)
  const { training } = network
  const { recipe, inputShape } = planOf(network)
  if (recipe.kind !== "layers") return 0
  const count = Math.min(training.batchSize, MOST_ROWS)
  const rng = new Rng("trial")
  const rows = Float32Array.from({ length: count * inputShape.reduce((a, b) => a * b, 1) }, () => rng.float())
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2)
  const model = recipe.build(tf, 1)
  const step = trialStep(tf, { training }, model, inputShape, { rows, labels })
  await step()
  const startMs = performance.now()
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < MOST_STEPS && performance.now() - startMs < LONG_MS; i++) {
    const stepStartMs = performance.now()
    await step()
    least = Math.min(least, performance.now() - stepStartMs)
  }
  model.dispose()
  return least
}

const send = (message: TrialMessage): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve())),
  )

const [engine, threads, networks] = process.argv.slice(2).map((text) => JSON.parse(text)) as [
  EngineName,
  number,
  TrialNetwork[],
]
try {
  const { tf } = await selectEngine(engine, { threads })
  for (const network of networks) await send({ kind: "step", stepMs: await stepMsOf(tf, network) })
} catch (error) {
  await send({ kind: "refused", why: messageOf(error) })
}
process.disconnect?.()
