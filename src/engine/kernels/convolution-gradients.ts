/** The gradients of convolution on the SIMD module: geometry here, arithmetic in `assembly/`. */
import type * as tf from "@tensorflow/tfjs"
import {
  border,
  type ConvolutionInfo,
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
import { activations, allFloat, type SimdKernel, type SimdModule, sizeOf } from "./simd-module.js"

/** The taps of one axis that reach input positions phase, phase + stride, ...: output position `start + a` and the
 *  `taps - 1` after it, for the a-th such input. */
function phaseOf(phase: number, stride: number, padBefore: number, kernel: number, length: number) {
  const first = (phase + padBefore) % stride
  const taps = first < kernel ? Math.ceil((kernel - first) / stride) : 0
  const base = (phase + padBefore - first) / stride
  return { phase, first, taps, start: base - taps + 1, count: Math.ceil((length - phase) / stride) }
}

/** The gradient with respect to the input, for each phase of the stride a forward convolution of dy with the turned
 *  taps of that phase. Addresses of dy, the filter and dx. */
function throughPhases(
  module: SimdModule,
  info: ConvolutionInfo,
  { from, weights, to }: { readonly from: number; readonly weights: number; readonly to: number },
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { top, left } = info.padInfo
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
}

/** dy (N, h, w, O), filter (kh, kw, I, O) -> dx (N, H, W, I) */
export const conv2DBackpropInput: SimdKernel = (call) => {
  const { module, inputs } = call
  const { dy, filter } = inputs
  const { inputShape } = call.attrs as Pick<tf.Conv2DBackpropInputAttrs, "inputShape">
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
  if (filtersMinimally(info, outChannels, inChannels, inHeight, inWidth)) {
    // The gradient is dy convolved with the turned filter; its padding is what the forward window had inside.
    const { top, left } = info.padInfo
    const sizes = [batchSize, outHeight, outWidth, outChannels, 2 - top, 2 - left, inHeight, inWidth, inChannels]
    const turnedBytes = sizeOf(filter.shape) * FLOAT
    const bytes = module.call("winogradScratchBytes", outChannels, inChannels)
    module.withScratch(bytes + turnedBytes, (scratch) => {
      const turned = scratch + bytes
      module.call("turnFilter", weights, inChannels, outChannels, turned)
      module.call("winogradConvolve", from, ...sizes, turned, 0, activations.linear, to, scratch)
    })
    return dx
  }
  throughPhases(module, info, { from, weights, to })
  return dx
}

/** x (N, H, W, I), dy (N, h, w, O) -> dfilter (kh, kw, I, O) */
export const conv2DBackpropFilter: SimdKernel = (call) => {
  const { module, inputs } = call
  const { x, dy } = inputs
  const { filterShape } = call.attrs as Pick<tf.Conv2DBackpropFilterAttrs, "filterShape">
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
    module.withScratch(module.call("winogradScratchBytes", inChannels, outChannels), (scratch) =>
      module.call("winogradFilterGradient", from, ...minimalSizes(info), gradient, to, scratch),
    )
    return dw
  }
  const edges = border(info)
  const dyColumns = Math.ceil(outChannels / 8) * 8
  const outPixels = outHeight * outWidth
  const dyBytes = dyColumns === outChannels ? 0 : outPixels * dyColumns * FLOAT
  module.call("fillZero", to, sizeOf(filterShape) * FLOAT)
  module.withScratch(EDGE + edges.bytes + dyBytes + 16, (scratch) => {
    const wideDy = scratch + EDGE + edges.bytes
    if (dyBytes > 0) module.call("fillZero", wideDy, dyBytes)
    eachBordered(module, info, edges, { from, room: scratch + EDGE }, (image, n) => {
      const row = outChannels * FLOAT
      const dySource = gradient + n * outPixels * row
      if (dyBytes > 0) module.call("copyBlock", dySource, row, wideDy, dyColumns * FLOAT, outPixels, outChannels)
      module.call(
        "filterGradient",
        image,
        ...windowWalk(info, edges),
        dyBytes > 0 ? wideDy : dySource,
        dyColumns,
        to,
        outChannels,
        scratch,
      )
    })
  })
  return dw
}
