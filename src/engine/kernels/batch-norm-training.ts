/** tfjs' BatchNormalization layer spells training out in about 25 passes over the activations; on wasm it takes five.
 *  The layer's own `call` stays in force for inference, other backends and other axes. */
import { tf } from "#tfjs"
import { own } from "./own-kernel-names.js"

/** The parts of the layer of tfjs-layers 4.22 that its training step reads and writes. */
interface Layer {
  readonly axis: number
  readonly epsilon: number
  readonly momentum: number
  readonly gamma: tf.LayerVariable | null | undefined
  readonly beta: tf.LayerVariable | null | undefined
  readonly movingMean: tf.LayerVariable
  readonly movingVariance: tf.LayerVariable
}
type Call = (this: Layer, inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>) => tf.Tensor | tf.Tensor[]

/** (x - mean) / sqrt(variance + epsilon) * scale + offset with the moments of x itself, and its gradient. */
function normalized(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  varianceEpsilon: number,
): tf.Tensor {
  const attrs = { varianceEpsilon }
  const op = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const inputs = { x: input, mean, variance, scale, offset }
    const value = tf.engine().runKernel("FusedBatchNorm", inputs, attrs) as tf.Tensor
    save([input, mean, variance, scale])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [savedX, savedMean, savedVariance, savedScale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      const all = { dy, x: savedX, mean: savedMean, variance: savedVariance, scale: savedScale }
      return tf.engine().runKernel(own.trainingBatchNormGradient, all, attrs) as tf.Tensor[]
    }
    return { value, gradFunc }
  })
  return op(x, gamma, beta)
}

/** moving = moving * momentum + value * (1 - momentum) */
function follow(moving: tf.LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    moving.write(tf.add(tf.mul(moving.read(), momentum), tf.mul(value, 1 - momentum)))
  })
}

let replaced = false

export function normalizeBatchesInOneKernel(): void {
  if (replaced) return
  replaced = true
  const [layerClass] = tf.serialization.SerializationMap.getMap().classNameMap.BatchNormalization ?? []
  if (layerClass === undefined) throw new TypeError("tfjs has no BatchNormalization layer")
  const prototype = (layerClass as { prototype: { call: Call } }).prototype
  const stock = prototype.call
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs
    const lastAxis = x !== undefined && (this.axis === -1 || this.axis === x.rank - 1)
    const covered = kwargs.training === true && tf.getBackend() === "wasm" && lastAxis && x.dtype === "float32"
    if (!covered || x.size === 0) return stock.call(this, inputs, kwargs)
    return tf.tidy(() => {
      const channels = x.shape.at(-1) as number
      const [mean, variance] = tf.engine().runKernel(own.channelMoments, { x }) as [tf.Tensor, tf.Tensor]
      const gamma = this.gamma?.read() ?? tf.ones([channels])
      const beta = this.beta?.read() ?? tf.zeros([channels])
      const y = normalized(x, mean, variance, gamma, beta, this.epsilon)
      follow(this.movingMean, mean, this.momentum)
      follow(this.movingVariance, variance, this.momentum)
      return y
    })
  }
}
