import { Rng } from "@sourceprint/core/rng.js"
import type * as Tf from "@tensorflow/tfjs"
import { optimiserConfig } from "./fit.js"
import { newOptimiserState } from "./optimiser.js"
import type { Configuration } from "./plan.js"
import type { Batch } from "./training-rows.js"
import { type StepResult, trainableWeights, trainBatch, trainingStep } from "./training-step.js"
import type { TfModule } from "./zoo/model-entry.js"

/** A step of training as experiments do it, on one batch again and again: for measuring what it takes.
 *  @param inputShape of one row, without the batch */
export function trialStep(
  tf: TfModule,
  { training }: Pick<Configuration, "training">,
  model: Tf.LayersModel,
  inputShape: readonly number[],
  batch: Batch,
): () => Promise<StepResult> {
  const weights = trainableWeights(model)
  const optimiser = newOptimiserState(
    optimiserConfig(training),
    weights.map(({ length }) => length),
  )
  const trained = { tf, model, weights, optimiser }
  const loss = { classWeights: [1, 1] as const, labelSmoothing: 0 }
  return () =>
    trainBatch(trained, optimiserConfig(training), training.learningRate, new Rng("trial"), () =>
      trainingStep(tf, model, inputShape, batch, loss),
    )
}
