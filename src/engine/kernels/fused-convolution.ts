/** While gradients are taken, tfjs runs convolution, bias and activation of one layer as three kernels, and the linear
 *  one with an input gradient that the first layer does not need. On wasm it is one kernel with one gradient. */
import { tf } from "#tfjs"
import { own } from "./own-kernel-names.js"

type Arguments = Parameters<typeof tf.fused.conv2d>[0]

const FUSED = "FusedConv2D"
const run = <T>(name: string, inputs: object, attrs: object): T =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as T

/** A layer's convolution as tfjs-layers asks for it; anything else keeps tfjs' own way with its checks. */
function covers(args: Arguments): boolean {
  const { x, filter, bias, dataFormat = "NHWC", dilations = 1, activation = "linear" } = args
  if (tf.getBackend() !== "wasm" || dataFormat !== "NHWC") return false
  if (!(x instanceof tf.Tensor) || !(filter instanceof tf.Tensor)) return false
  const perChannel =
    bias === undefined ||
    bias === null ||
    (bias instanceof tf.Tensor && bias.rank === 1 && bias.size === filter.shape[3])
  return (
    perChannel &&
    x.rank === 4 &&
    x.shape[3] === filter.shape[2] &&
    x.size > 0 &&
    [x, filter].every((t) => t.dtype === "float32") &&
    [dilations].flat().every((d) => d === 1) &&
    (activation === "linear" || activation === "relu" || activation === "relu6")
  )
}

/** Gradient of the fused kernel: dy -> x, filter, bias, each computed only when it is asked for. */
const gradient: tf.GradConfig = {
  kernelName: FUSED,
  inputsToSave: ["x", "filter"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
    const { activation = "linear" } = attrs as { activation?: string }
    const inner = dy as tf.Tensor4D
    const [below, sums] =
      activation === "linear"
        ? [inner, undefined]
        : run<[tf.Tensor4D, tf.Tensor1D]>(own.activationGradientSums, { y, dy: inner }, { activation })
    return {
      x: () => run<tf.Tensor>("Conv2DBackpropInput", { dy: below, filter }, { ...attrs, inputShape: x.shape }),
      filter: () => run<tf.Tensor>("Conv2DBackpropFilter", { x, dy: below }, { ...attrs, filterShape: filter.shape }),
      bias: () => sums ?? tf.sum(below, [0, 1, 2]),
    }
  },
}

let replaced = false

export function convolveInOneKernel(): void {
  if (replaced) return
  replaced = true
  if (tf.getGradient(FUSED) === undefined) tf.registerGradient(gradient)
  const stock = tf.fused.conv2d
  const conv2d = (args: Arguments): tf.Tensor => {
    if (!covers(args)) return stock(args)
    const { x, filter, bias, strides, pad, dimRoundingMode, activation = "linear" } = args
    const inputs = { x, filter, ...(bias === undefined || bias === null ? {} : { bias }) }
    const attrs = {
      strides,
      pad,
      dataFormat: "NHWC",
      dilations: 1,
      dimRoundingMode,
      activation,
      leakyreluAlpha: 0,
    }
    return run<tf.Tensor>(FUSED, inputs, attrs)
  }
  // What a bundler for browsers makes of it cannot be changed: the stock function stays, and calls the same kernels.
  if (Object.getOwnPropertyDescriptor(tf.fused, "conv2d")?.writable) Object.assign(tf.fused, { conv2d })
}
