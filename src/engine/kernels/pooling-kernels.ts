/** Pooling gradients on the SIMD module. */
import { tf } from "#tfjs"
import { windowSizes } from "./convolution-geometry.js"
import { allFloat, type KernelCall, type SimdKernel } from "./simd-module.js"

type Shape4 = [number, number, number, number]

function windows(call: KernelCall, xShape: readonly number[]): readonly number[] {
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs as Pick<
    tf.MaxPoolGradAttrs,
    "filterSize" | "strides" | "pad" | "dimRoundingMode"
  >
  const i = tf.backend_util.computePool2DInfo(xShape as Shape4, filterSize, strides, 1, pad, dimRoundingMode)
  return windowSizes(i)
}

/** x (N, H, W, C) -> (N, h, w, C) */
export const maxPool: SimdKernel = (call) => {
  const { module, inputs, attrs, stock } = call
  const { x } = inputs
  const sizes = windows(call, x.shape)
  const { dilations = 1 } = attrs as { dilations?: number | number[] }
  if (!allFloat(x) || ![dilations].flat().every((d) => d === 1)) return stock()
  const [batch, , , channels, outHeight, outWidth] = sizes as [number, number, number, number, number, number]
  const out = module.output([batch, outHeight, outWidth, channels])
  module.call("maxPool", module.address(x), module.address(out), ...sizes)
  return out
}

/** dy (N, h, w, C), input (N, H, W, C) -> (N, H, W, C); the first of equal greatest elements gets the gradient. */
export const maxPoolGrad: SimdKernel = (call) => {
  const { module, inputs, stock } = call
  const { dy, input } = inputs
  if (!allFloat(dy, input)) return stock()
  const dx = module.output(input.shape)
  const [x, gradient, out] = [module.address(input), module.address(dy), module.address(dx)]
  module.call("maxPoolGradient", x, gradient, out, ...windows(call, input.shape))
  return dx
}

/** dy (N, h, w, C) -> (N, H, W, C). Padding does not count in the average, as in the forward kernel; tfjs' own
 *  gradient kernels divide by the whole window there. */
export const avgPoolGrad: SimdKernel = (call) => {
  const { module, inputs, stock } = call
  const { dy, input } = inputs
  if (!allFloat(dy)) return stock()
  const dx = module.output(input.shape)
  module.call("averagePoolGradient", module.address(dy), module.address(dx), ...windows(call, input.shape))
  return dx
}
