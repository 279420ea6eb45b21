import { defined } from "@sourceprint/core/defined.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type * as Tf from "@tensorflow/tfjs"
import { type OptimiserConfig, type OptimiserState, optimiserStep } from "./optimiser.js"
import type { Batch } from "./training-rows.js"
import type { TfModule } from "./zoo/model-entry.js"

export interface LossConfig {
  /** Weight of a row, [others, target]. */
  readonly classWeights: readonly [number, number]
  /** Labels 0 and 1 become s and 1 - s. */
  readonly labelSmoothing: number
}

/** Nearer to 0 or 1 a float32 probability has no room left (2^-24 = 6e-8). */
const CLIP = 1e-7

/** Weighted binary cross-entropy of probabilities, and its derivative by each. The sum that is returned is without
 *  smoothing, so that runs with and without it compare. */
export function weightedLoss(
  probabilities: Float32Array,
  labels: Uint8Array,
  { classWeights, labelSmoothing }: LossConfig,
): { lossSum: number; lossGradients: Float32Array; correct: number } {
  const lossGradients = new Float32Array(probabilities.length)
  let lossSum = 0
  let correct = 0
  for (const [i, probability] of probabilities.entries()) {
    const p = Math.min(1 - CLIP, Math.max(CLIP, probability))
    const label = defined(labels[i], "label")
    const weight = classWeights[label === 1 ? 1 : 0]
    lossSum -= weight * Math.log(label === 1 ? p : 1 - p)
    if (Number.isNaN(probability)) lossSum = Number.NaN
    const smooth = label * (1 - 2 * labelSmoothing) + labelSmoothing
    lossGradients[i] = (weight * (p - smooth)) / (p * (1 - p))
    if (probability >= 0.5 === (label === 1)) correct++
  }
  return { lossSum, lossGradients, correct }
}

export interface StepResult {
  /** Of the rows' weighted losses. */
  readonly lossSum: number
  readonly correct: number
  /** In the order of `model.trainableWeights`. */
  readonly gradients: readonly Float32Array[]
}

/** Forward and backward on one batch, or on a shard of it. Moving averages of batch normalisation move; trainable
 *  weights do not. The gradient is of the mean weighted loss plus the model's own (weight decay). Cross-entropy is
 *  differentiated by hand: the engine only sees the sum of p × gradient, whose gradient is the same and needs no
 *  further kernel.
 *  @param ofBatch rows of the whole batch: the gradients of its shards add up to the batch's own */
export function trainingStep(
  tf: TfModule,
  model: Tf.LayersModel,
  inputShape: readonly number[],
  { rows, labels }: Batch,
  config: LossConfig,
  ofBatch: number = labels.length,
): StepResult {
  const n = labels.length
  let lossSum = 0
  let correct = 0
  // Filled in, not returned: tidy looks for tensors in what it gets, number by number.
  let gradients: Float32Array[] = []
  tf.tidy(() => {
    const input = tf.tensor(rows, [n, ...inputShape])
    const variables = model.trainableWeights.map((weight) => weight.read() as Tf.Variable)
    const { grads } = tf.variableGrads(() => {
      const output = model.apply(input, { training: true }) as Tf.Tensor
      const loss = weightedLoss(output.dataSync<"float32">(), labels, config)
      lossSum = loss.lossSum
      correct = loss.correct
      const lossGradients = tf.tensor(
        loss.lossGradients.map((lossGradient) => lossGradient / ofBatch),
        output.shape,
      )
      const own = model.calculateLosses() // of layers, such as weight decay
      const data = tf.sum<Tf.Scalar>(tf.mul(output, lossGradients))
      const shard = n === ofBatch ? own : own.map((term) => tf.mul<Tf.Scalar>(term, n / ofBatch))
      return shard.reduce<Tf.Scalar>((sum, term) => tf.add(sum, term), data)
    }, variables)
    gradients = variables.map(({ name }) => defined(grads[name], "gradient").dataSync<"float32">().slice())
  })
  return { lossSum, correct, gradients }
}

const RANDOM_WITHOUT_SEED = ["GaussianNoise", "GaussianDropout", "AlphaDropout"]

/** Gives every dropout layer the seed of this step; tfjs would draw one mask for ever, or a new one from the clock.
 *  @throws TypeError for a layer whose noise tfjs cannot seed */
function seedRandomLayers(model: Tf.LayersModel, rng: Rng): void {
  for (const layer of model.layers) {
    const kind = layer.getClassName()
    if (RANDOM_WITHOUT_SEED.includes(kind)) throw new TypeError(`${kind} cannot be seeded; use Dropout`)
    if (kind === "Dropout") Object.assign(layer, { seed: 1 + rng.fork(layer.name).below(2 ** 31) })
  }
}

/** A model in training and what a batch changes beside it. */
export interface TrainedModel {
  readonly tf: TfModule
  readonly model: Tf.LayersModel
  /** Of `model.trainableWeights`, in that order. */
  readonly weights: Float32Array[]
  readonly optimiser: OptimiserState
}

export const trainableWeights = (model: Tf.LayersModel): Float32Array[] =>
  model.trainableWeights.map((weight) => weight.read().dataSync<"float32">().slice())

/** One batch as every experiment trains it: the dropout of this step, gradients, the optimiser, and the weights
 *  through the constraints of their layers. Where the loss is not finite nothing changes.
 *  @param differentiate gives the gradients of the batch: `trainingStep`, or several threads' */
export async function trainBatch(
  { tf, model, weights, optimiser }: TrainedModel,
  config: OptimiserConfig,
  learningRate: number,
  rng: Rng,
  differentiate: () => StepResult | Promise<StepResult>,
): Promise<StepResult> {
  seedRandomLayers(model, rng)
  const step = await differentiate()
  if (!Number.isFinite(step.lossSum)) return step
  optimiserStep(config, optimiser, learningRate, weights, step.gradients)
  tf.tidy(() => {
    for (const [i, weight] of model.trainableWeights.entries()) {
      weight.write(tf.tensor(defined(weights[i], "weight"), weight.shape as number[]))
      weights[i] = weight.read().dataSync<"float32">().slice()
    }
  })
  return step
}
