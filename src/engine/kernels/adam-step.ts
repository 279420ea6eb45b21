/** tfjs' Adam takes twelve passes over every weight and its moments; on wasm it takes one, with the same result. */
import { tf } from "#tfjs"
import { type SimdModule, sizeOf } from "./simd-module.js"

/** The state of tf.AdamOptimizer of tfjs-core 4.22, as its own step keeps it. */
interface Adam {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly accBeta1: tf.Variable
  readonly accBeta2: tf.Variable
  readonly accumulatedFirstMoment: { originalName: string; variable: tf.Variable }[]
  readonly accumulatedSecondMoment: { originalName: string; variable: tf.Variable }[]
  incrementIterations(): void
}
type Gradients = Record<string, tf.Tensor> | { readonly name: string; readonly tensor: tf.Tensor }[]

/** A variable's own data: where a clone shares it, the variable first moves to a copy, so that the clone keeps its
 *  values. */
function ownData(variable: tf.Variable): tf.TensorInfo {
  if (tf.backend().refCount(variable.dataId) > 1) {
    const copy = tf.tidy(() => tf.mul(variable, 1))
    variable.assign(copy)
    copy.dispose()
  }
  return variable
}

let replaced = false

export function stepAdamInOneKernel(module: SimdModule): void {
  if (replaced) return
  replaced = true
  const prototype: { applyGradients(this: Adam, gradients: Gradients): void } = tf.AdamOptimizer.prototype
  const stock = prototype.applyGradients
  prototype.applyGradients = function (gradients) {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }))
    const variables = named.map(({ name }) => tf.engine().registeredVariables[name])
    const covered = variables.every((v) => v === undefined || (v.dtype === "float32" && v.size > 0))
    if (tf.getBackend() !== "wasm" || !covered) return stock.call(this, gradients)
    tf.tidy(() => {
      const correction1 = 1 - (this.accBeta1.dataSync()[0] as number)
      const correction2 = 1 - (this.accBeta2.dataSync()[0] as number)
      for (const [i, { name, tensor }] of named.entries()) {
        const value = variables[i]
        if (value === undefined) continue
        const moment = (of: Adam["accumulatedFirstMoment"], suffix: string): tf.Variable => {
          of[i] ??= {
            originalName: `${name}/${suffix}`,
            variable: tf.tidy(() => tf.zerosLike(value).variable(false)),
          }
          return of[i].variable
        }
        const first = moment(this.accumulatedFirstMoment, "m")
        const second = moment(this.accumulatedSecondMoment, "v")
        if (tensor === null || tensor === undefined) continue
        module.call(
          "adam",
          module.address(ownData(value)),
          module.address(tensor),
          module.address(ownData(first)),
          module.address(ownData(second)),
          sizeOf(value.shape),
          this.learningRate,
          this.beta1,
          this.beta2,
          correction1,
          correction2,
          this.epsilon,
        )
      }
      this.accBeta1.assign(tf.mul(this.accBeta1, this.beta1))
      this.accBeta2.assign(tf.mul(this.accBeta2, this.beta2))
    })
    this.incrementIterations()
  }
}
