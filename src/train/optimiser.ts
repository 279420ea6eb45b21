/** Optimisers on plain arrays: the whole state is visible, so a checkpoint holds every bit of it, and the arithmetic is
 *  the same on every engine. (tfjs keeps Adam's bias correction as a running product that its own save does not
 *  carry.) */
export interface OptimiserConfig {
  readonly kind: "adam" | "sgd"
  /** Momentum of sgd; Adam's first moment decays at beta1. */
  readonly momentum: number
}

export interface OptimiserState {
  /** Steps taken. */
  step: number
  /** adam: first then second moment of each weight array; sgd: its velocity. */
  readonly slots: Float32Array[]
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-7 // Keras' and tfjs' default

/** A state of rest for weight arrays of these lengths. */
export function newOptimiserState(config: OptimiserConfig, lengths: readonly number[]): OptimiserState {
  const copies = config.kind === "adam" ? [lengths, lengths] : [lengths]
  return { step: 0, slots: copies.flat().map((length) => new Float32Array(length)) }
}

/** One step in place: `weights[i]` moves against `gradients[i]`. Adam: Kingma and Ba 2015, algorithm 1, the epsilon
 *  outside the corrected root as tfjs has it. Gradients and weights have equal lengths, pairwise. */
export function optimiserStep(
  config: OptimiserConfig,
  state: OptimiserState,
  learningRate: number,
  weights: readonly Float32Array[],
  gradients: readonly Float32Array[],
): void {
  state.step++
  if (config.kind === "sgd") {
    weights.forEach((weight, i) => {
      const velocity = state.slots[i]
      const gradient = gradients[i]
      for (let k = 0; k < weight.length; k++) {
        velocity[k] = config.momentum * velocity[k] + gradient[k]
        weight[k] -= learningRate * velocity[k]
      }
    })
    return
  }
  const correction1 = 1 / (1 - BETA1 ** state.step)
  const correction2 = 1 / (1 - BETA2 ** state.step)
  weights.forEach((weight, i) => {
    const first = state.slots[i]
    const second = state.slots[weights.length + i]
    const gradient = gradients[i]
    for (let k = 0; k < weight.length; k++) {
      const g = gradient[k]
      first[k] = BETA1 * first[k] + (1 - BETA1) * g
      second[k] = BETA2 * second[k] + (1 - BETA2) * g * g
      weight[k] -= (learningRate * first[k] * correction1) / (Math.sqrt(second[k] * correction2) + EPSILON)
    }
  })
}
