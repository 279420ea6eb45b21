import { tf } from "@sourceprint/engine/tfjs.js"

/** Values this many deviations from the training mean say "unlike anything seen" and no more. */
const LIMIT = 6

/** (N, features) -> (N, features): (x - mean) × factor, clipped to ±6. Both weights are measured on the training
 *  rows (`setWeights([mean, factor])`), never learned. */
export class Standardise extends tf.layers.Layer {
  static className = "SourceprintStandardise"
  private mean: tf.LayerVariable | undefined
  private factor: tf.LayerVariable | undefined

  override build(inputShape: tf.Shape): void {
    const shape = inputShape.slice(-1)
    this.mean = this.addWeight("mean", shape, "float32", tf.initializers.zeros(), undefined, false)
    this.factor = this.addWeight("factor", shape, "float32", tf.initializers.ones(), undefined, false)
    this.built = true
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat()
      if (!x || !this.mean || !this.factor) throw new TypeError("the layer is not built")
      return x.sub(this.mean.read()).mul(this.factor.read()).clipByValue(-LIMIT, LIMIT)
    })
  }
}
tf.serialization.registerClass(Standardise)
