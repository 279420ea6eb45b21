/** Gradients of depthwise convolution on the SIMD module; a channel multiplier above 1 stays with the composed ones. */
import { tf } from "#tfjs"
import { windowSizes } from "./convolution-geometry.js"
import { allFloat, type KernelCall, type SimdKernel } from "./simd-module.js"

type Shape4 = [number, number, number, number]

function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: KernelCall["attrs"],
): readonly number[] | undefined {
  const { strides, pad, dimRoundingMode, dilations } = attrs as Pick<
    tf.DepthwiseConv2dNativeAttrs,
    "strides" | "pad" | "dimRoundingMode" | "dilations"
  >
  const i = tf.backend_util.computeConv2DInfo(
    xShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  )
  if (filterShape[3] !== 1 || i.dilationHeight !== 1 || i.dilationWidth !== 1) return undefined
  return windowSizes(i)
}

/** x (N, H, W, C), filter (kh, kw, C, 1) -> (N, h, w, C). The stock kernel leaves "same" padding to XNNPACK, which pads
 *  differently from tfjs where the stride is longer than the window (tfjs-backend-wasm 4.22). */
export const depthwiseConv2D: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const { x, filter } = inputs
  const { dataFormat = "NHWC" } = attrs as { dataFormat?: string }
  const sizes = dataFormat === "NHWC" ? geometry(x.shape, filter.shape, attrs) : undefined
  if (sizes === undefined || !allFloat(x, filter)) return stock()
  const [batch, , , channels, outHeight, outWidth] = sizes as [number, number, number, number, number, number]
  const out = module.output([batch, outHeight, outWidth, channels])
  module.call("depthwiseConvolution", module.address(x), module.address(filter), module.address(out), ...sizes)
  return out
}

/** x (N, H, W, C), dy (N, h, w, C) -> dfilter (kh, kw, C, 1) */
export const depthwiseBackpropFilter: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const { x, dy } = inputs
  const { filterShape } = attrs as Pick<tf.DepthwiseConv2dNativeBackpropFilterAttrs, "filterShape">
  const sizes = geometry(x.shape, filterShape, attrs)
  if (sizes === undefined || !allFloat(x, dy)) return stock()
  const dw = module.output(filterShape)
  module.call("depthwiseFilterGradient", module.address(x), module.address(dy), module.address(dw), ...sizes)
  return dw
}

/** dy (N, h, w, C), filter (kh, kw, C, 1) -> dx (N, H, W, C) */
export const depthwiseBackpropInput: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const { dy, filter } = inputs
  const { inputShape } = attrs as Pick<tf.DepthwiseConv2dNativeBackpropInputAttrs, "inputShape">
  const sizes = geometry(inputShape, filter.shape, attrs)
  if (sizes === undefined || !allFloat(dy, filter)) return stock()
  const dx = module.output(inputShape)
  const [from, weights, to] = [module.address(dy), module.address(filter), module.address(dx)]
  module.call("depthwiseInputGradient", from, weights, to, ...sizes)
  return dx
}
