/** Convolution and its gradients on the SIMD module: geometry here, arithmetic in `assembly/convolution.ts`. */
import * as tf from "@tensorflow/tfjs"
import { activations, allFloat, type KernelCall, type SimdKernel, sizeOf } from "./simd-module.js"

type Shape4 = [number, number, number, number]
type Info = tf.backend_util.Conv2DInfo
const FLOAT = 4
const EDGE = 128 // bytes of a tile's edge buffer
const panelBytes = (k: number, columns: number): number => Math.ceil(columns / 8) * (k + 1) * 32

/** Geometry of a convolution that the kernels cover: NHWC, not dilated. */
function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: KernelCall["attrs"],
): Info | undefined {
  const {
    strides,
    pad,
    dimRoundingMode,
    dataFormat = "NHWC",
    dilations = 1,
  } = attrs as unknown as tf.Conv2DAttrs
  if (dataFormat !== "NHWC") return undefined
  const info = tf.backend_util.computeConv2DInfo(
    xShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
  return info.dilationHeight === 1 && info.dilationWidth === 1 ? info : undefined
}

/** Every output pixel is a product of one input pixel: the whole batch is one matrix. */
const isPointwise = (i: Info): boolean =>
  i.filterHeight === 1 &&
  i.filterWidth === 1 &&
  i.strideHeight === 1 &&
  i.strideWidth === 1 &&
  i.inHeight === i.outHeight &&
  i.inWidth === i.outWidth

/** Size of an image with its zero border; `bordered` is false when the image itself will do. */
function border(i: Info): { height: number; width: number; bordered: boolean } {
  const { top, left } = i.padInfo
  const height = Math.max(i.inHeight + top, (i.outHeight - 1) * i.strideHeight + i.filterHeight)
  const width = Math.max(i.inWidth + left, (i.outWidth - 1) * i.strideWidth + i.filterWidth)
  return { height, width, bordered: height !== i.inHeight || width !== i.inWidth }
}

/** True where minimal filtering pays: 3 x 3 windows of stride 1, channels in whole vectors, and tiles of 4 x 4 outputs
 *  that are mostly inside the image. Its rounding error is about ten times that of the direct sum (Lavin and Gray,
 *  2016, table 3): near 1e-5 of the values' size in float32. */
function filtersMinimally(
  i: Info,
  inputs: number,
  outputs: number,
  outHeight: number,
  outWidth: number,
): boolean {
  const covered = Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4) * 16
  const three = i.filterHeight === 3 && i.filterWidth === 3 && i.strideHeight === 1 && i.strideWidth === 1
  const whole = inputs % 4 === 0 && outputs % 8 === 0 && inputs >= 16 && outputs >= 16
  return three && whole && covered <= 1.6 * outHeight * outWidth
}

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
    const { top, left } = info.padInfo
    const shape = [batchSize, inHeight, inWidth, inChannels, top, left, outHeight, outWidth, outChannels]
    module.withScratch(module.call("winogradScratchBytes", inChannels, outChannels), (scratch) =>
      module.call("winogradConvolve", from, ...shape, weights, biasAt, activation, to, scratch),
    )
    return out
  }
  const k = info.filterHeight * info.filterWidth * inChannels
  const { height, width, bordered } = border(info)
  const panels = panelBytes(k, outChannels)
  const pixel = inChannels * FLOAT
  module.withScratch(panels + EDGE + (bordered ? height * width * pixel : 0), (scratch) => {
    const image = scratch + panels + EDGE
    module.call("packPanels", weights, k, outChannels, biasAt, scratch)
    for (let n = 0; n < batchSize; n++) {
      const source = from + n * inHeight * inWidth * pixel
      if (bordered) {
        const { top, left } = info.padInfo
        module.call("padImage", source, inHeight, inWidth, inChannels, top, left, height, width, image)
      }
      module.call(
        "convolve",
        bordered ? image : source,
        info.strideHeight * width * pixel,
        info.strideWidth * pixel,
        width * pixel,
        outHeight,
        outWidth,
        info.filterHeight,
        info.filterWidth * inChannels,
        scratch,
        to + n * outHeight * outWidth * outChannels * FLOAT,
        outWidth * outChannels * FLOAT,
        outChannels * FLOAT,
        outChannels,
        activation,
        scratch + panels,
      )
    }
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

/** The taps of one axis that reach input positions phase, phase + stride, ...: output position `start + a` and the
 *  `taps - 1` after it, for the a-th such input. */
function phaseOf(phase: number, stride: number, padBefore: number, kernel: number, length: number) {
  const first = (phase + padBefore) % stride
  const taps = first < kernel ? Math.ceil((kernel - first) / stride) : 0
  const base = (phase + padBefore - first) / stride
  return { phase, first, taps, start: base - taps + 1, count: Math.ceil((length - phase) / stride) }
}

/** dy (N, h, w, O), filter (kh, kw, I, O) -> dx (N, H, W, I): for each phase of the stride a forward convolution of
 *  dy with the turned taps of that phase. */
export const conv2DBackpropInput: SimdKernel = (call) => {
  const { module, inputs } = call
  const { dy, filter } = inputs
  const { inputShape } = call.attrs as unknown as tf.Conv2DBackpropInputAttrs
  const info = geometry(inputShape, filter.shape, call.attrs)
  if (info === undefined || !allFloat(dy, filter)) return call.stock()
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const dx = module.output(info.inShape)
  const [from, weights, to] = [module.address(dy), module.address(filter), module.address(dx)]
  if (isPointwise(info)) {
    const rows = batchSize * inHeight * inWidth
    module.withScratch(module.call("matmulScratchBytes"), (scratch) =>
      module.call("matmul", from, weights, to, rows, inChannels, outChannels, false, true, 0, 0, scratch),
    )
    return dx
  }
  const { top, left } = info.padInfo
  if (filtersMinimally(info, outChannels, inChannels, inHeight, inWidth)) {
    // The gradient is dy convolved with the turned filter; its padding is what the forward window had inside.
    const shape = [
      batchSize,
      outHeight,
      outWidth,
      outChannels,
      2 - top,
      2 - left,
      inHeight,
      inWidth,
      inChannels,
    ]
    const turnedBytes = sizeOf(filter.shape) * FLOAT
    const bytes = module.call("winogradScratchBytes", outChannels, inChannels)
    module.withScratch(bytes + turnedBytes, (scratch) => {
      const turned = scratch + bytes
      module.call("turnFilter", weights, inChannels, outChannels, turned)
      module.call("winogradConvolve", from, ...shape, turned, 0, activations.linear, to, scratch)
    })
    return dx
  }
  const rows = Array.from({ length: Math.min(info.strideHeight, inHeight) }, (_, p) =>
    phaseOf(p, info.strideHeight, top, info.filterHeight, inHeight),
  )
  const columns = Array.from({ length: Math.min(info.strideWidth, inWidth) }, (_, p) =>
    phaseOf(p, info.strideWidth, left, info.filterWidth, inWidth),
  )
  const before = (all: typeof rows): number => Math.max(0, ...all.map((p) => -p.start))
  const reach = (all: typeof rows): number => Math.max(...all.map((p) => p.start + p.count - 1 + p.taps))
  const [above, aside] = [before(rows), before(columns)]
  const height = above + Math.max(outHeight, reach(rows))
  const width = aside + Math.max(outWidth, reach(columns))
  const pixel = outChannels * FLOAT
  const phases = rows.flatMap((row) => columns.map((column) => ({ row, column })))
  const sizes = phases.map(({ row, column }) => panelBytes(row.taps * column.taps * outChannels, inChannels))
  const allPanels = sizes.reduce((a, b) => a + b, 0)
  module.withScratch(allPanels + EDGE + height * width * pixel, (scratch) => {
    const image = scratch + allPanels + EDGE
    let panels = scratch
    const ready = phases.map(({ row, column }, i) => {
      const at = panels
      panels += sizes[i] as number
      module.call(
        "packTurnedPanels",
        weights,
        info.filterWidth,
        inChannels,
        outChannels,
        row.first,
        info.strideHeight,
        row.taps,
        column.first,
        info.strideWidth,
        column.taps,
        at,
      )
      return { row, column, at }
    })
    for (let n = 0; n < batchSize; n++) {
      const source = from + n * outHeight * outWidth * pixel
      module.call("padImage", source, outHeight, outWidth, outChannels, above, aside, height, width, image)
      for (const { row, column, at } of ready) {
        const firstPixel = (n * inHeight + row.phase) * inWidth + column.phase
        module.call(
          "convolve",
          image + ((above + row.start) * width + aside + column.start) * pixel,
          width * pixel,
          pixel,
          width * pixel,
          row.count,
          column.count,
          column.taps === 0 ? 0 : row.taps,
          column.taps * outChannels,
          at,
          to + firstPixel * inChannels * FLOAT,
          info.strideHeight * inWidth * inChannels * FLOAT,
          info.strideWidth * inChannels * FLOAT,
          inChannels,
          activations.linear,
          scratch + allPanels,
        )
      }
    }
  })
  return dx
}

/** x (N, H, W, I), dy (N, h, w, O) -> dfilter (kh, kw, I, O) */
export const conv2DBackpropFilter: SimdKernel = (call) => {
  const { module, inputs } = call
  const { x, dy } = inputs
  const { filterShape } = call.attrs as unknown as tf.Conv2DBackpropFilterAttrs
  const info = geometry(x.shape, filterShape, call.attrs)
  if (info === undefined || !allFloat(x, dy)) return call.stock()
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const dw = module.output(filterShape)
  const [from, gradient, to] = [module.address(x), module.address(dy), module.address(dw)]
  if (isPointwise(info)) {
    const pixels = batchSize * inHeight * inWidth
    module.withScratch(module.call("matmulScratchBytes"), (scratch) =>
      module.call("matmul", from, gradient, to, inChannels, outChannels, pixels, true, false, 0, 0, scratch),
    )
    return dw
  }
  if (filtersMinimally(info, inChannels, outChannels, outHeight, outWidth)) {
    const { top, left } = info.padInfo
    const shape = [batchSize, inHeight, inWidth, inChannels, top, left, outHeight, outWidth, outChannels]
    module.withScratch(module.call("winogradScratchBytes", inChannels, outChannels), (scratch) =>
      module.call("winogradFilterGradient", from, ...shape, gradient, to, scratch),
    )
    return dw
  }
  const { height, width, bordered } = border(info)
  const pixel = inChannels * FLOAT
  const dyColumns = Math.ceil(outChannels / 8) * 8
  const outPixels = outHeight * outWidth
  const imageBytes = bordered ? height * width * pixel : 0
  const dyBytes = dyColumns === outChannels ? 0 : outPixels * dyColumns * FLOAT
  module.call("fillZero", to, sizeOf(filterShape) * FLOAT)
  module.withScratch(EDGE + imageBytes + dyBytes + 16, (scratch) => {
    const image = scratch + EDGE
    const wideDy = image + imageBytes
    if (dyBytes > 0) module.call("fillZero", wideDy, dyBytes)
    for (let n = 0; n < batchSize; n++) {
      const source = from + n * inHeight * inWidth * pixel
      const dySource = gradient + n * outPixels * outChannels * FLOAT
      if (bordered) {
        const { top, left } = info.padInfo
        module.call("padImage", source, inHeight, inWidth, inChannels, top, left, height, width, image)
      }
      if (dyBytes > 0) {
        const row = outChannels * FLOAT
        module.call("copyBlock", dySource, row, wideDy, dyColumns * FLOAT, outPixels, outChannels)
      }
      module.call(
        "filterGradient",
        bordered ? image : source,
        info.strideHeight * width * pixel,
        info.strideWidth * pixel,
        width * pixel,
        outHeight,
        outWidth,
        info.filterHeight,
        info.filterWidth * inChannels,
        dyBytes > 0 ? wideDy : dySource,
        dyColumns,
        to,
        outChannels,
        scratch,
      )
    }
  })
  return dw
}
