/** The thread behind InferencePool: loads engine and model once, then answers. */
import { workerData } from "node:worker_threads"
import type * as tf from "@tensorflow/tfjs"
import type { InferenceRequest } from "./inference-pool.js"
import { type EngineChoice, selectEngine } from "./select-engine.js"

interface Setup {
  readonly artifacts: tf.io.ModelArtifacts
  readonly engine: EngineChoice
}

/** Piscina hands the pool's own workerData to the worker wrapped with its own; the last one is ours. */
const { artifacts, engine } = (Array.isArray(workerData) ? workerData.at(-1) : workerData) as Setup
const chosen = await selectEngine(engine)
const model = await chosen.tf.loadLayersModel(chosen.tf.io.fromMemory(artifacts))
const imageShape = (model.inputs[0]?.shape ?? []).slice(1) as number[]
const imageSize = imageShape.reduce((a, b) => a * b, 1)

async function predict({ images, count }: InferenceRequest): Promise<Float32Array> {
  if (images.length !== count * imageSize) {
    throw new RangeError(`${images.length} values are not ${count} images of ${imageShape.join(" x ")}`)
  }
  const input = chosen.tf.tensor(images, [count, ...imageShape])
  const output = model.predict(input) as tf.Tensor
  const values = (await output.data()) as Float32Array
  chosen.tf.dispose([input, output])
  return values
}

// The first call compiles the kernels: made here, so that the first request does not pay for it.
await predict({ images: new Float32Array(imageSize), count: 1 })

export const answer = async (request: InferenceRequest): Promise<Float32Array> =>
  request.count === 0 ? new Float32Array(0) : await predict(request)
