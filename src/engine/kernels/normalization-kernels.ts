/** Batch normalization over the last axis on the SIMD module: training forward, its gradient, moments. Per-channel
 *  numbers are computed here, what touches every element in `assembly/normalization.ts`. */
import type * as tf from "@tensorflow/tfjs"
import { currentExchange } from "./batch-exchange.js"
import { type SimdKernel, type SimdModule, sizeOf } from "./simd-module.js"

const channelsOf = (x: tf.TensorInfo): number => x.shape.at(-1) as number

/** x (..., C) -> mean (C), biased variance (C); of the whole batch where this is a shard of one */
export const channelMoments: SimdKernel = ({ module, inputs }) => {
  const { x } = inputs
  const channels = channelsOf(x)
  const [mean, variance] = [module.output([channels]), module.output([channels])]
  const rows = sizeOf(x.shape) / channels
  module.call("channelMoments", module.address(x), rows, channels, module.address(mean), module.address(variance))
  const exchange = currentExchange()
  if (exchange !== undefined) {
    const [means, variances] = [module.read(mean), module.read(variance)]
    // Chan, Golub and LeVeque 1983: first the common mean, then the squares around it.
    const sums = Float64Array.from({ length: channels + 1 }, (_, c) => rows * (c < channels ? means[c] : 1))
    exchange.sum(sums)
    const allRows = sums[channels]
    const squares = Float64Array.from(
      { length: channels },
      (_, c) => rows * (variances[c] + (means[c] - sums[c] / allRows) ** 2),
    )
    exchange.sum(squares)
    for (let c = 0; c < channels; c++) {
      means[c] = sums[c] / allRows
      variances[c] = squares[c] / allRows
    }
    module.write(module.address(mean), means)
    module.write(module.address(variance), variances)
  }
  return [mean, variance]
}

/** dy, x (..., C), mean (C) -> per channel: sum of dy, sum of dy * (x - mean) */
export const channelGradientSums: SimdKernel = ({ module, inputs }) => {
  const { dy, x, mean } = inputs
  const channels = channelsOf(x)
  const [sums, products] = [module.output([channels]), module.output([channels])]
  const [g, from, center] = [module.address(dy), module.address(x), module.address(mean)]
  const rows = sizeOf(x.shape) / channels
  module.call("gradientSums", g, from, center, rows, channels, module.address(sums), module.address(products))
  return [sums, products]
}

/** What `affine` does to each channel, (C) each. */
interface ChannelNumbers {
  readonly factor: Float32Array
  readonly other?: Float32Array
  readonly shift: Float32Array
}

/** out = x * factor[c] + addend * other[c] + shift[c] */
function affine(
  module: SimdModule,
  x: tf.TensorInfo,
  addend: tf.TensorInfo | undefined,
  { factor, other, shift }: ChannelNumbers,
): tf.TensorInfo {
  const channels = channelsOf(x)
  const out = module.output(x.shape)
  module.withScratch(3 * channels * 4, (scratch) => {
    const row = (i: number): number => scratch + i * channels * 4
    module.write(row(0), factor)
    if (other !== undefined) module.write(row(1), other)
    module.write(row(2), shift)
    const extra = addend === undefined ? 0 : module.address(addend)
    const rows = sizeOf(x.shape) / channels
    module.call("affine", module.address(x), row(0), extra, row(1), row(2), module.address(out), rows, channels)
  })
  return out
}

/** x (..., C), mean, variance, scale?, offset? (C) -> (x - mean) / sqrt(variance + epsilon) * scale + offset */
export const fusedBatchNorm: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const { x, mean, variance, scale, offset } = inputs
  const channels = channelsOf(x)
  const perChannel = [mean, variance, scale, offset].every(
    (t) => !t || (t.shape.length === 1 && t.shape[0] === channels),
  )
  if (!perChannel || sizeOf(x.shape) === 0) return stock()
  const epsilon = attrs.varianceEpsilon as number
  const values = (t: tf.TensorInfo | undefined) => (t ? module.read(t) : undefined)
  const [means, variances, scales, offsets] = [values(mean), values(variance), values(scale), values(offset)]
  const [factor, shift] = [new Float32Array(channels), new Float32Array(channels)]
  for (let c = 0; c < channels; c++) {
    const by = (scales?.[c] ?? 1) / Math.sqrt((variances?.[c] ?? 0) + epsilon)
    factor[c] = by
    shift[c] = (offsets?.[c] ?? 0) - (means?.[c] ?? 0) * by
  }
  return affine(module, x, undefined, { factor, shift })
}

/** The gradient's sums over all shards of the batch, where this is one of several. */
function ofWholeBatch(sums: Float32Array, products: Float32Array, rows: number) {
  const exchange = currentExchange()
  if (exchange === undefined) return { sums, products, rows }
  const all = Float64Array.of(...sums, ...products, rows)
  exchange.sum(all)
  const channels = sums.length
  return {
    sums: all.subarray(0, channels),
    products: all.subarray(channels, 2 * channels),
    rows: all[2 * channels],
  }
}

/** Gradient of training batch norm, whose mean and variance are those of x: dy, x, mean, variance, scale -> dx,
 *  dscale, doffset; of a shard of a batch, its own part of the last two. */
export const trainingBatchNormGradient: SimdKernel = (call) => {
  const { module, inputs, attrs } = call
  const { dy, x, mean, variance, scale } = inputs
  const channels = channelsOf(x)
  const [sums, products] = channelGradientSums(call) as [tf.TensorInfo, tf.TensorInfo]
  const own = module.read(products)
  const whole = ofWholeBatch(module.read(sums), own, sizeOf(x.shape) / channels)
  const [center, spread, scales] = [module.read(mean), module.read(variance), module.read(scale)]
  const vector = () => new Float32Array(channels)
  const [factor, other, shift, scaleGradient] = [vector(), vector(), vector(), vector()]
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(spread[c] + (attrs.varianceEpsilon as number))
    const by = scales[c] * inverse
    scaleGradient[c] = own[c] * inverse
    factor[c] = by
    other[c] = (-by * inverse * inverse * whole.products[c]) / whole.rows
    shift[c] = (-by * whole.sums[c]) / whole.rows - other[c] * center[c]
  }
  const dscale = module.output([channels])
  module.write(module.address(dscale), scaleGradient)
  const dx = affine(module, dy, x, { factor, other, shift })
  module.backend.disposeData(products.dataId)
  return [dx, dscale, sums]
}
