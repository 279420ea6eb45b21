/** Convolution on the SIMD module: geometry here, arithmetic in `assembly/convolution.ts`. */
import type * as tf from "@tensorflow/tfjs"
import {
  border,
  EDGE,
  eachBordered,
  FLOAT,
  filtersMinimally,
  geometry,
  isPointwise,
  minimalSizes,
  panelBytes,
  windowWalk,
} from "./convolution-geometry.js"
import { activations, allFloat, type KernelCall, type SimdKernel, sizeOf } from "./simd-module.js"

function convolution(
  call: KernelCall,
  activation: number,
  bias: tf.TensorInfo | undefined,
): tf.TensorInfo | tf.TensorInfo[] {
  const { module, inputs } = call
  const { x, filter } = inputs
  const info = geometry(x.shape, filter.shape, call.attrs)
  if (info === undefined || !allFloat(x, filter, bias)) return call.stock()
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const out = module.output(info.outShape)
  const biasAt = bias === undefined ? 0 : module.address(bias)
  const [from, weights, to] = [module.address(x), module.address(filter), module.address(out)]
  if (isPointwise(info)) {
    module.withScratch(module.call("matmulScratchBytes"), (scratch) =>
      module.call(
        "matmul",
        from,
        weights,
        to,
        batchSize * inHeight * inWidth,
        outChannels,
        inChannels,
        false,
        false,
        biasAt,
        activation,
        scratch,
      ),
    )
    return out
  }
  if (filtersMinimally(info, inChannels, outChannels, outHeight, outWidth)) {
    module.withScratch(module.call("winogradScratchBytes", inChannels, outChannels), (scratch) =>
      module.call("winogradConvolve", from, ...minimalSizes(info), weights, biasAt, activation, to, scratch),
    )
    return out
  }
  const k = info.filterHeight * info.filterWidth * inChannels
  const edges = border(info)
  const panels = panelBytes(k, outChannels)
  const row = outWidth * outChannels * FLOAT
  module.withScratch(panels + EDGE + edges.bytes, (scratch) => {
    module.call("packPanels", weights, k, outChannels, biasAt, scratch)
    eachBordered(module, info, edges, { from, room: scratch + panels + EDGE }, (image, n) => {
      module.call(
        "convolve",
        image,
        ...windowWalk(info, edges),
        scratch,
        to + n * outHeight * row,
        row,
        outChannels * FLOAT,
        outChannels,
        activation,
        scratch + panels,
      )
    })
  })
  return out
}

export const conv2D: SimdKernel = (call) => convolution(call, activations.linear, undefined)

export const fusedConv2D: SimdKernel = (call) => {
  const { bias, filter, preluActivationWeights } = call.inputs
  const { activation = "linear" } = call.attrs as { activation?: string }
  const number = activations[activation as keyof typeof activations]
  const wide = bias !== undefined && bias !== null && sizeOf(bias.shape) !== filter.shape[3]
  if (number === undefined || preluActivationWeights || wide) return call.stock()
  return convolution(call, number, bias ?? undefined)
}
