import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { Clock } from "@sourceprint/core/clock.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import { estimateTime } from "@sourceprint/train/estimate-time.js"
import { planFile } from "@sourceprint/train/run-experiment.js"
import { type TinyScanners, tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

let tiny: TinyScanners
before(async () => {
  tiny = await tinyScanners({ scanners: 2, fingers: 6 })
})
after(() => tiny.remove())

/** Whatever is timed takes 10 ms. */
function steadyClock(): Clock {
  let nowMs = 0
  return {
    nowMs: () => 0,
    monotonicMs: () => {
      nowMs += 10
      return nowMs
    },
  }
}

async function estimate(text: string, workers: number) {
  const file = join(tiny.folder, "tiny.yaml")
  await writeFile(file, text)
  const { plan, samples } = await planFile(file)
  const { tf } = await selectEngine("wasm")
  const tensors = tf.memory().numTensors
  const result = await estimateTime(plan, samples, tf, { workers, startSeconds: 1, clock: steadyClock() })
  assert.equal(tf.memory().numTensors, tensors, "what was taken is freed")
  return { ...result, jobs: plan.jobs.length }
}

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9, `${a} ${b}`)

test("a measured step, times steps and epochs, over the workers", async () => {
  const text = tinyExperiment(tiny.dataset)
  const { seconds, measured, unmeasured, jobs } = await estimate(text, 1)
  assert.deepEqual([jobs, measured.length, unmeasured], [3, 1, 0])
  // 24 images in 3 folds: 8 train, 8 dev, 8 eval. Batches of 4 patches, one patch an image and epoch unless said.
  const [{ steps, stepMs, jobSeconds }] = measured
  assert.equal(stepMs, 10)
  const perEpoch = steps / 3
  assert.ok(Number.isInteger(perEpoch) && perEpoch >= 2, String(steps))
  // Steps of 3 epochs, 8 dev images after each of them, then 16 images scored.
  near(jobSeconds, (steps * 10 + 3 * 8 * 10 + 16 * 10) / 1000)
  const few = 4 / (perEpoch / 2) // images that fill a batch
  near(seconds, (24 * 10) / Math.max(2, Math.ceil(few)) / 1000 + 3 * (1 + jobSeconds))
  const side = await estimate(text, 3)
  assert.ok(side.seconds < seconds / 2, "three at a time")
  const longer = await estimate(text.replace("epochs: 3", "epochs: 300"), 1)
  assert.equal(longer.measured[0].steps, 100 * steps)
})

test("a classical model has no steps; of a large sweep some are measured and the rest counted", async () => {
  const ridge = tinyExperiment(tiny.dataset)
    .replace(/view: .*/, "view: { region: { kind: common-window, sidePx: 64 } }")
    .replace(/- id: small-cnn\n.*/, "- id: texture-ridge")
  const { measured, seconds } = await estimate(ridge, 1)
  assert.equal(measured[0].steps, 0)
  assert.ok(seconds > 3)
  const rates = Array.from({ length: 20 }, (_, i) => (i + 1) / 1000)
  const sweep = tinyExperiment(tiny.dataset, `sweep: { product: { training.learningRate: [${rates}] } }`)
  const swept = await estimate(sweep, 1)
  assert.equal(swept.measured.length + swept.unmeasured, 20)
  assert.ok(swept.unmeasured > 0)
  near(swept.measured[0].jobSeconds, swept.measured[1].jobSeconds)
  assert.ok(swept.seconds >= swept.jobs * (1 + swept.measured[0].jobSeconds))
})
