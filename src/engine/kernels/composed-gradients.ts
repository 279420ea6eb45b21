/** Gradients that tfjs' wasm backend lacks, put together from kernels it has: the slow, obvious versions. They keep
 *  every model trainable; the SIMD kernels take their place where they cover the case. */
import { tf } from "#tfjs"

type Kernel = (inputs: Record<string, tf.Tensor>, attrs: Record<string, unknown>) => tf.Tensor
type ConvInfo = tf.backend_util.Conv2DInfo

/** Zero-padded copy of x (N, H, W, C) so that tap (ky, kx) of every output position is one strided slice of it. */
function padded(x: tf.Tensor4D, info: ConvInfo): tf.Tensor4D {
  const { top, left } = info.padInfo
  const bottom = Math.max(0, (info.outHeight - 1) * info.strideHeight + info.filterHeight - top - info.inHeight)
  const right = Math.max(0, (info.outWidth - 1) * info.strideWidth + info.filterWidth - left - info.inWidth)
  return tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ])
}

/** What tap (ky, kx) of the filter sees: (N, outH, outW, C). */
function seenBy(xPadded: tf.Tensor4D, info: ConvInfo, ky: number, kx: number): tf.Tensor4D {
  const [n, , , channels] = xPadded.shape
  const { strideHeight, strideWidth, outHeight, outWidth } = info
  return tf.stridedSlice(
    xPadded,
    [0, ky, kx, 0],
    [n, ky + (outHeight - 1) * strideHeight + 1, kx + (outWidth - 1) * strideWidth + 1, channels],
    [1, strideHeight, strideWidth, 1],
  ) as tf.Tensor4D
}

/** f(ky, kx) for every tap in row-major order. */
function taps<T>(info: ConvInfo, f: (ky: number, kx: number) => T): T[] {
  const all: T[] = []
  for (let ky = 0; ky < info.filterHeight; ky++) for (let kx = 0; kx < info.filterWidth; kx++) all.push(f(ky, kx))
  return all
}

function convInfoOf(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: Record<string, unknown>,
  depthwise: boolean,
): ConvInfo {
  const {
    strides,
    pad,
    dimRoundingMode,
    dataFormat = "NHWC",
  } = attrs as Pick<tf.Conv2DBackpropFilterAttrs, "strides" | "pad" | "dimRoundingMode" | "dataFormat">
  const { dilations = 1 } = attrs as { dilations?: number | [number, number] }
  if (dataFormat !== "NHWC") throw new RangeError(`only NHWC tensors can be trained, not ${dataFormat}`)
  const info = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  )
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) {
    throw new RangeError("dilated convolutions have no gradient here")
  }
  return info
}

/** x (N, H, W, I), dy (N, h, w, O) -> dfilter (kh, kw, I, O) */
const composedConvFilterGradient: Kernel = ({ x, dy }, attrs) => {
  const { filterShape } = attrs as Pick<tf.Conv2DBackpropFilterAttrs, "filterShape">
  const info = convInfoOf(x.shape, filterShape, attrs, false)
  const xPadded = padded(x as tf.Tensor4D, info)
  const dyRows = tf.reshape(dy, [-1, info.outChannels])
  const products = taps(info, (ky, kx) =>
    tf.matMul(tf.reshape(seenBy(xPadded, info, ky, kx), [-1, info.inChannels]), dyRows, true, false),
  )
  return tf.reshape(tf.stack(products), filterShape)
}

/** x (N, H, W, C), dy (N, h, w, C*M) -> dfilter (kh, kw, C, M) */
const composedDepthwiseFilterGradient: Kernel = ({ x, dy }, attrs) => {
  const { filterShape } = attrs as Pick<tf.DepthwiseConv2dNativeBackpropFilterAttrs, "filterShape">
  const info = convInfoOf(x.shape, filterShape, attrs, true)
  const xPadded = padded(x as tf.Tensor4D, info)
  const dyByChannel = tf.reshape(dy, [-1, filterShape[2], filterShape[3]])
  const sums = taps(info, (ky, kx) =>
    tf.sum(tf.mul(tf.reshape(seenBy(xPadded, info, ky, kx), [-1, filterShape[2], 1]), dyByChannel), 0),
  )
  return tf.reshape(tf.stack(sums), filterShape)
}

/** dy (N, h, w, C*M), filter (kh, kw, C, M) -> dx (N, H, W, C) */
const composedDepthwiseInputGradient: Kernel = ({ dy, filter }, attrs) => {
  const { inputShape } = attrs as Pick<tf.DepthwiseConv2dNativeBackpropInputAttrs, "inputShape">
  const [, , channels, multiplier] = filter.shape as [number, number, number, number]
  const info = convInfoOf(inputShape, filter.shape, attrs, true)
  const { outHeight, outWidth, strideHeight, strideWidth, inHeight, inWidth, batchSize } = info
  const { top, left } = info.padInfo
  const dyByChannel = tf.reshape(dy, [-1, channels, multiplier])
  const height = Math.max(inHeight + top, (outHeight - 1) * strideHeight + info.filterHeight)
  const width = Math.max(inWidth + left, (outWidth - 1) * strideWidth + info.filterWidth)
  const spread = taps(info, (ky, kx) => {
    const weight = tf.reshape(tf.slice(filter, [ky, kx, 0, 0], [1, 1, -1, -1]), [1, channels, multiplier])
    const part = tf.reshape(tf.sum(tf.mul(dyByChannel, weight), 2), [batchSize, outHeight, outWidth, channels])
    const rows = spaced(spaced(part, 1, strideHeight), 2, strideWidth) as tf.Tensor4D
    return tf.pad4d(rows, [
      [0, 0],
      [ky, height - ky - rows.shape[1]],
      [kx, width - kx - rows.shape[2]],
      [0, 0],
    ])
  })
  return tf.slice(tf.addN(spread), [0, top, left, 0], [batchSize, inHeight, inWidth, channels])
}

/** stride - 1 zeros between neighbours of one axis. */
function spaced(x: tf.Tensor, axis: number, stride: number): tf.Tensor {
  if (stride === 1) return x
  const length = x.shape[axis] as number
  const before = x.shape.slice(0, axis).reduce((a, b) => a * b, 1)
  const after = x.shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  const wide = tf.pad3d(tf.reshape(x, [before * length, 1, after]), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ])
  const whole = tf.reshape(wide, [before, length * stride, after])
  const shape = [...x.shape]
  shape[axis] = (length - 1) * stride + 1
  return tf.reshape(tf.slice(whole, [0, 0, 0], [before, shape[axis] as number, after]), shape)
}

/** x (L, ...), segmentIds (L) -> (numSegments, ...); the gradient of gather. */
const composedSegmentSum: Kernel = ({ x, segmentIds }, attrs) => {
  const { numSegments } = attrs as Pick<tf.UnsortedSegmentSumAttrs, "numSegments">
  // The wasm kernel of oneHot writes nothing but zeros for float32: ask for integers and convert.
  const chosen = tf.cast(tf.oneHot(tf.cast(segmentIds, "int32"), numSegments), "float32") as tf.Tensor2D
  const rows = tf.matMul(chosen, tf.reshape(tf.cast(x, "float32"), [segmentIds.size, -1]), true, false)
  return tf.cast(tf.reshape(rows, [numSegments, ...x.shape.slice(1)]), x.dtype)
}

const composed: Readonly<Record<string, Kernel>> = {
  Conv2DBackpropFilter: composedConvFilterGradient,
  DepthwiseConv2dNativeBackpropFilter: composedDepthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: composedDepthwiseInputGradient,
  UnsortedSegmentSum: composedSegmentSum,
}

/** Registers what the wasm backend has no kernel for; kernels that are there already stay. */
export function registerComposedGradients(): void {
  for (const [kernelName, kernel] of Object.entries(composed)) {
    if (tf.getKernel(kernelName, "wasm") !== undefined) continue
    tf.registerKernel({
      kernelName,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => kernel(inputs as Record<string, tf.Tensor>, (attrs ?? {}) as Record<string, unknown>)),
    })
  }
}
