/** The thread behind `ShardTeam`: a copy of the model that differentiates its shard of each batch. */
import { parentPort, workerData } from "node:worker_threads"
import { messageOf } from "@sourceprint/core/errors.js"
import { BatchExchange, withExchange } from "@sourceprint/engine/kernels/batch-exchange.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import type * as Tf from "@tensorflow/tfjs"
import "@sourceprint/model/layers/residual-conv.js"
import "@sourceprint/model/layers/standardise.js"
import { trainingStep } from "../training-step.js"
import type { ShardAnswer, ShardOrder, ShardSetup } from "./shard-message.js"

if (parentPort === null) throw new TypeError("shard-worker runs in a worker thread only")
const port = parentPort
const setup = workerData as ShardSetup
const { tf } = await selectEngine(setup.engine)
const model = (await tf.models.modelFromJSON(JSON.parse(setup.topology))) as Tf.LayersModel
const [weights, gradient] = [new Float32Array(setup.weights), new Float32Array(setup.gradient)]

function assign(variable: Tf.Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape)
  variable.assign(tensor)
  tensor.dispose()
}

const exchange = BatchExchange.of(setup.exchange, setup.index, setup.shards)

function step({ rows, labels, ofBatch, config }: ShardOrder): ShardAnswer {
  let at = 0
  for (const weight of model.weights) {
    const variable = weight.read() as Tf.Variable
    assign(variable, weights.slice(at, at + variable.size))
    at += variable.size
  }
  const { lossSum, correct, gradients } = withExchange(exchange, () =>
    trainingStep(tf, model, setup.inputShape, { rows, labels }, config, ofBatch),
  )
  at = 0
  for (const part of gradients) {
    gradient.set(part, at)
    at += part.length
  }
  return { kind: "stepped", lossSum, correct }
}

const answer = (message: ShardAnswer): void => port.postMessage(message)
port.on("message", (order: ShardOrder) => {
  try {
    answer(step(order))
  } catch (error) {
    exchange.fail()
    answer({ kind: "failed", message: messageOf(error) })
  }
})
answer({ kind: "ready" })
