/** Sums over axes, sums by segment, slices and concatenations on the SIMD module. */
import { tf } from "#tfjs"
import { allFloat, type KernelCall, type SimdKernel, sizeOf } from "./simd-module.js"

/** Sum over `axes` where they are all leading or all trailing, else undefined. */
function sumOver(call: KernelCall): { out: tf.TensorInfo; count: number } | undefined {
  const { module, inputs } = call
  const { x } = inputs
  const { axis, keepDims = false } = call.attrs as { axis: number | number[]; keepDims?: boolean }
  const rank = x.shape.length
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b)
  if (!allFloat(x) || axes.length === 0) return undefined
  const leading = axes.every((a, i) => a === i)
  const trailing = axes.every((a, i) => a === rank - axes.length + i)
  if (!leading && !trailing) return undefined
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n))
  const out = module.output(keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i)))
  const count = sizeOf(axes.map((a) => x.shape[a] as number))
  const rest = sizeOf(x.shape) / count
  if (trailing) module.call("rowSums", module.address(x), rest, count, module.address(out))
  else module.call("columnSums", module.address(x), count, rest, module.address(out))
  return { out, count }
}

export const sum: SimdKernel = (call) => sumOver(call)?.out ?? call.stock()

export const mean: SimdKernel = (call) => {
  const result = sumOver(call)
  if (result === undefined) return call.stock()
  const { module } = call
  const { out, count } = result
  module.call("scale", module.address(out), sizeOf(out.shape), 1 / count)
  return out
}

/** x (L, ...), segmentIds (L) int32 -> (numSegments, ...) */
export const unsortedSegmentSum: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const { x, segmentIds } = inputs
  if (!allFloat(x) || segmentIds.dtype !== "int32") return stock()
  const { numSegments } = attrs as Pick<tf.UnsortedSegmentSumAttrs, "numSegments">
  const out = module.output([numSegments, ...x.shape.slice(1)])
  const rows = sizeOf(segmentIds.shape)
  const columns = sizeOf(x.shape) / rows
  module.call(
    "segmentSums",
    module.address(x),
    module.address(segmentIds),
    rows,
    columns,
    numSegments,
    module.address(out),
  )
  return out
}

/** A slice is copied run by run inside the module's memory; the stock kernel copies all of x to JavaScript first. */
export const slice: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const { x } = inputs
  if (x.dtype === "string" || x.dtype === "complex64") return stock()
  const [begin, size] = tf.slice_util.parseSliceParams(
    x as tf.Tensor,
    attrs.begin as number | number[],
    attrs.size as number | number[],
  )
  const out = module.backend.makeOutput(size, x.dtype)
  if (sizeOf(size) === 0) return out
  const bytes = tf.util.bytesPerElement(x.dtype)
  const distance = x.shape.map((_, i) => sizeOf(x.shape.slice(i + 1)) * bytes)
  // Trailing axes that are taken whole, and the one before them, make one run.
  let axis = x.shape.length - 1
  while (axis > 0 && size[axis] === x.shape[axis]) axis--
  const run = axis < 0 ? bytes : (size[axis] as number) * (distance[axis] as number)
  const start = module.address(x) + begin.reduce((at, b, i) => at + b * (distance[i] as number), 0)
  const outer = size.slice(0, Math.max(0, axis))
  const middle = outer.at(-1) ?? 1
  const rowsAbove = outer.at(-2) ?? 1
  const blocks = outer.slice(0, -2)
  let to = module.address(out)
  for (let block = 0; block < sizeOf(blocks); block++) {
    let rest = block
    let from = start
    for (let i = blocks.length - 1; i >= 0; i--) {
      const length = blocks[i] as number
      from += (rest % length) * (distance[i] as number)
      rest = Math.floor(rest / length)
    }
    const [above, within] = [distance[outer.length - 2] ?? 0, distance[outer.length - 1] ?? 0]
    module.call("copySlice", from, above, within, to, rowsAbove, middle, run)
    to += rowsAbove * middle * run
  }
  return out
}

/** Up to here pieces are copied value by value: two views for each, as the stock kernel makes them, cost more. */
const NARROW = 16

/** inputs (..., n_i, ...) -> (..., sum of n_i, ...) */
export const concat: SimdKernel = ({ module, inputs, attrs, stock }) => {
  const parts = Object.values(inputs)
  const shapes = parts.map(({ shape }) => shape)
  const [axis] = tf.util.parseAxisParam(attrs.axis as number, shapes[0])
  const rows = sizeOf(shapes[0].slice(0, axis))
  const widths = shapes.map((shape) => sizeOf(shape) / rows)
  if (!allFloat(...parts) || widths.some((width) => width > NARROW)) return stock()
  const out = module.output(tf.backend_util.computeOutShape(shapes, axis))
  const whole = module.view(out)
  const stride = whole.length / rows
  let column = 0
  for (const [i, part] of parts.entries()) {
    const values = module.view(part)
    for (let from = 0, row = column; from < values.length; row += stride) {
      for (let k = 0; k < widths[i]; k++) whole[row + k] = values[from++]
    }
    column += widths[i]
  }
  return out
}
