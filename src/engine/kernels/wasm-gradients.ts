/** Gradients that tfjs spells out in many elementwise passes, as one kernel each. On another backend, and where a case
 *  is not covered, tfjs' own gradient is used. */
import { tf } from "#tfjs"
import { own } from "./own-kernel-names.js"

type GradConfig = tf.GradConfig
type Saved = tf.Tensor[]

const run = (name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor

const allFloat = (...tensors: readonly tf.Tensor[]): boolean =>
  tensors.every((t) => t.dtype === "float32" && t.size > 0)

/** Replaces a gradient by `make`, which answers undefined where tfjs' own shall be used. */
function replaceGradient(
  kernelName: string,
  make: (dy: tf.Tensor, saved: Saved, attrs: tf.NamedAttrMap) => Record<string, () => tf.Tensor> | undefined,
): void {
  const stock = tf.getGradient(kernelName)
  if (stock === undefined) throw new TypeError(`tfjs has no gradient of ${kernelName} to replace`)
  const config: GradConfig = {
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const covered = tf.getBackend() === "wasm" && !Array.isArray(dy) && allFloat(dy)
      return (covered ? make(dy as tf.Tensor, saved, attrs) : undefined) ?? stock.gradFunc(dy, saved, attrs)
    },
  }
  tf.unregisterGradient(kernelName)
  tf.registerGradient(config)
}

let replaced = false

export function registerWasmGradients(): void {
  if (replaced) return
  replaced = true
  for (const [kernelName, activation] of [
    ["Relu", "relu"],
    ["Relu6", "relu6"],
  ] as const) {
    replaceGradient(kernelName, (dy, [x]) => ({
      x: () => run(own.activationGradient, { y: x as tf.Tensor, dy }, { activation }),
    }))
  }
  replaceGradient("ClipByValue", (dy, [x], attrs) => ({
    x: () => run(own.clipGradient, { x: x as tf.Tensor, dy }, attrs),
  }))
  replaceGradient("FusedBatchNorm", batchNormGradient)
}

/** Batch norm with mean and variance that do not come from x: a frozen layer, the moving averages. */
function batchNormGradient(
  dy: tf.Tensor,
  [x, mean, variance, scale]: Saved,
  attrs: tf.NamedAttrMap,
): Record<string, () => tf.Tensor> | undefined {
  if (x === undefined || mean === undefined || variance === undefined || mean.rank !== 1) return undefined
  const epsilon = (attrs as Pick<tf.FusedBatchNormAttrs, "varianceEpsilon">).varianceEpsilon
  const inverse = (): tf.Tensor => tf.rsqrt(tf.add(variance, epsilon))
  const factor = (): tf.Tensor => (scale ? tf.mul(inverse(), scale) : inverse())
  // Each gradient is asked for in a tidy of its own, so the sums cannot be kept between them.
  const sum = (which: 0 | 1): tf.Tensor => {
    const sums = tf.engine().runKernel(own.channelGradientSums, { dy, x, mean }) as tf.Tensor[]
    return sums[which] as tf.Tensor
  }
  return {
    x: () => tf.mul(dy, factor()),
    mean: () => tf.neg(tf.mul(sum(0), factor())),
    variance: () => tf.mul(tf.mul(sum(1), -0.5), tf.mul(factor(), tf.square(inverse()))),
    scale: () => tf.mul(sum(1), inverse()),
    offset: () => sum(0),
  }
}
