/** Sums, differences, products, quotients and activations on the SIMD module. */
import type * as tf from "@tensorflow/tfjs"
import { activations, allFloat, type SimdKernel, sizeOf } from "./simd-module.js"

/** Without the leading axes of length 1. */
const trimmed = (shape: readonly number[]): readonly number[] => {
  const first = shape.findIndex((n) => n !== 1)
  return first < 0 ? [] : shape.slice(first)
}

/** True when `row` repeats along the leading axes of `whole`: a bias, a channel mean. */
const repeats = (row: readonly number[], whole: readonly number[]): boolean =>
  row.length <= whole.length && row.every((n, i) => n === whole[whole.length - row.length + i])

const binary =
  (operation: number): SimdKernel =>
  ({ module, inputs, stock }) => {
    const { a, b } = inputs
    if (!allFloat(a, b)) return stock()
    const [aSize, bSize] = [sizeOf(a.shape), sizeOf(b.shape)]
    const rank = Math.max(a.shape.length, b.shape.length)
    const [whole, part] = aSize >= bSize ? [a, b] : [b, a]
    const shape =
      whole.shape.length === rank ? whole.shape : [...Array(rank - whole.shape.length).fill(1), ...whole.shape]
    const row = trimmed(part.shape)
    if (sizeOf(part.shape) !== 1 && !repeats(row, whole.shape)) return stock()
    const out = module.output(shape)
    const [left, right, to] = [module.address(a), module.address(b), module.address(out)]
    if (aSize === bSize || aSize === 1 || bSize === 1) {
      const moves = (size: number): boolean => size > 1 || aSize === bSize
      module.call("binary", left, right, to, Math.max(aSize, bSize), moves(aSize), moves(bSize), operation)
      return out
    }
    const columns = sizeOf(row)
    const [x, repeated] = whole === a ? [left, right] : [right, left]
    module.call("binaryRow", x, repeated, to, sizeOf(whole.shape) / columns, columns, whole === b, operation)
    return out
  }

export const add = binary(0)
export const subtract = binary(1)
export const multiply = binary(2)
export const divide = binary(3)

const activation =
  (name: keyof typeof activations): SimdKernel =>
  ({ module, inputs, stock }) => {
    const { x } = inputs
    if (!allFloat(x)) return stock()
    const out = module.output(x.shape)
    module.call("applyActivation", module.address(x), module.address(out), sizeOf(x.shape), activations[name])
    return out
  }

export const relu = activation("relu")
export const relu6 = activation("relu6")

/** Inputs y (the activation's output) and dy of one shape -> dy where the activation is not flat. */
export const activationGradient: SimdKernel = ({ module, inputs, attrs }) => {
  const { y, dy } = inputs as { y: tf.TensorInfo; dy: tf.TensorInfo }
  const out = module.output(dy.shape)
  const number = activations[attrs.activation as keyof typeof activations]
  module.call("activationGradient", module.address(y), module.address(dy), module.address(out), sizeOf(y.shape), number)
  return out
}

/** y, dy (..., C) -> the gradient below the activation, and its sum over all but the last axis (C) */
export const activationGradientSums: SimdKernel = ({ module, inputs, attrs }) => {
  const { y, dy } = inputs as { y: tf.TensorInfo; dy: tf.TensorInfo }
  const columns = y.shape.at(-1) as number
  const [out, sums] = [module.output(dy.shape), module.output([columns])]
  const number = activations[attrs.activation as keyof typeof activations]
  const [from, gradient, to] = [module.address(y), module.address(dy), module.address(out)]
  const rows = sizeOf(y.shape) / columns
  module.call("activationGradientSums", from, gradient, to, rows, columns, number, module.address(sums))
  return [out, sums]
}

/** x, dy of one shape -> dy where clipValueMin <= x <= clipValueMax, else 0 */
export const clipGradient: SimdKernel = ({ module, inputs, attrs }) => {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo }
  const { clipValueMin, clipValueMax } = attrs as { clipValueMin: number; clipValueMax: number }
  const out = module.output(dy.shape)
  const [from, gradient, to] = [module.address(x), module.address(dy), module.address(out)]
  module.call("clipGradient", from, gradient, to, sizeOf(x.shape), clipValueMin, clipValueMax)
  return out
}

/** The same data under a second name: tensors are immutable and counted, so nothing is copied. */
export const identity: SimdKernel = ({ module, inputs, stock }) => {
  const { x } = inputs as { x: tf.TensorInfo }
  if (x.dtype === "string" || x.dtype === "complex64") return stock()
  module.backend.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
}
