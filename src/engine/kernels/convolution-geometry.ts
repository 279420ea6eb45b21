import { tf } from "#tfjs"
import type { KernelCall, SimdModule } from "./simd-module.js"

type Shape4 = [number, number, number, number]
export type ConvolutionInfo = tf.backend_util.Conv2DInfo
/** Bytes of a number. */
export const FLOAT = 4
/** Bytes of a tile's edge buffer. */
export const EDGE = 128
/** Bytes of a `k` × `columns` matrix with its bias, packed for the tiles. */
export const panelBytes = (k: number, columns: number): number => Math.ceil(columns / 8) * (k + 1) * 32

/** Geometry of a convolution that the kernels cover: NHWC, not dilated. */
export function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: KernelCall["attrs"],
): ConvolutionInfo | undefined {
  const {
    strides,
    pad,
    dimRoundingMode,
    dataFormat = "NHWC",
    dilations = 1,
  } = attrs as Pick<tf.Conv2DAttrs, "strides" | "pad" | "dimRoundingMode" | "dataFormat" | "dilations">
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
export const isPointwise = (i: ConvolutionInfo): boolean =>
  i.filterHeight === 1 &&
  i.filterWidth === 1 &&
  i.strideHeight === 1 &&
  i.strideWidth === 1 &&
  i.inHeight === i.outHeight &&
  i.inWidth === i.outWidth

/** Size in pixels of an image with its zero border; `bytes` is 0 where the image itself will do. */
export interface Border {
  readonly height: number
  readonly width: number
  readonly bytes: number
}

export function border(i: ConvolutionInfo): Border {
  const { top, left } = i.padInfo
  const height = Math.max(i.inHeight + top, (i.outHeight - 1) * i.strideHeight + i.filterHeight)
  const width = Math.max(i.inWidth + left, (i.outWidth - 1) * i.strideWidth + i.filterWidth)
  const bordered = height !== i.inHeight || width !== i.inWidth
  return { height, width, bytes: bordered ? height * width * i.inChannels * FLOAT : 0 }
}

/** Calls `each` with the address of every image of the batch at `from`, written into `room` (of `border.bytes`) where
 *  it needs a border. */
export function eachBordered(
  module: SimdModule,
  { batchSize, inHeight, inWidth, inChannels, padInfo: { top, left } }: ConvolutionInfo,
  { height, width, bytes }: Border,
  { from, room }: { readonly from: number; readonly room: number },
  each: (image: number, n: number) => void,
): void {
  for (let n = 0; n < batchSize; n++) {
    const source = from + n * inHeight * inWidth * inChannels * FLOAT
    if (bytes > 0) module.call("padImage", source, inHeight, inWidth, inChannels, top, left, height, width, room)
    each(bytes > 0 ? room : source, n)
  }
}

/** How `convolve` and `filterGradient` walk over an image of `width` pixels a row: bytes from window to window, down
 *  and across, and from row to row; outputs; rows of a window and numbers in one. */
export function windowWalk(i: ConvolutionInfo, { width }: Border): readonly number[] {
  const pixel = i.inChannels * FLOAT
  const row = width * pixel
  return [
    i.strideHeight * row,
    i.strideWidth * pixel,
    row,
    i.outHeight,
    i.outWidth,
    i.filterHeight,
    i.filterWidth * i.inChannels,
  ]
}

/** Sizes as the minimal-filtering functions take them. */
export const minimalSizes = (i: ConvolutionInfo): readonly number[] => [
  i.batchSize,
  i.inHeight,
  i.inWidth,
  i.inChannels,
  i.padInfo.top,
  i.padInfo.left,
  i.outHeight,
  i.outWidth,
  i.outChannels,
]

/** True where minimal filtering pays: 3 x 3 windows of stride 1, channels in whole vectors, and tiles of 4 x 4 outputs
 *  that are mostly inside the image. Its rounding error is about ten times that of the direct sum (Lavin and Gray,
 *  2016, table 3): near 1e-5 of the values' size in float32. */
export function filtersMinimally(
  i: ConvolutionInfo,
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

/** Sizes as the pooling and depthwise functions take them: batch, input, output, window, stride, padding. */
export const windowSizes = (i: ConvolutionInfo): readonly number[] => [
  i.batchSize,
  i.inHeight,
  i.inWidth,
  i.inChannels,
  i.outHeight,
  i.outWidth,
  i.effectiveFilterHeight,
  i.effectiveFilterWidth,
  i.strideHeight,
  i.strideWidth,
  i.padInfo.top,
  i.padInfo.left,
]
