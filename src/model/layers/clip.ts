import { tf } from "@sourceprint/engine/tfjs.js"

/** (…) -> (…): values held between -1 and 1; Keras calls it hard_tanh, tfjs has none. */
export class Clip extends tf.layers.Layer {
  static className = "SourceprintClip"

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat()
    if (x === undefined) throw new TypeError("the layer has no input")
    return tf.clipByValue(x, -1, 1)
  }
}
tf.serialization.registerClass(Clip)
