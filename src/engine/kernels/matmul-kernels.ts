/** Matrix products on the SIMD module. */
import type * as tf from "@tensorflow/tfjs"
import { activations, allFloat, type KernelCall, type SimdKernel, sizeOf } from "./simd-module.js"

function product(
  call: KernelCall,
  activation: number,
  bias: tf.TensorInfo | undefined,
): tf.TensorInfo | tf.TensorInfo[] {
  const { module, inputs } = call
  const { a, b } = inputs
  const { transposeA = false, transposeB = false } = call.attrs as {
    transposeA?: boolean
    transposeB?: boolean
  }
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
  const [aCount, bCount] = [sizeOf(aBatch), sizeOf(bBatch)]
  // Batches of equal shape, or one matrix against many; other broadcasts are rare and stay with the stock kernel.
  const paired = aBatch.join() === bBatch.join() || aCount === 1 || bCount === 1
  if (!paired || !allFloat(a, b, bias)) return call.stock()
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns]
  const [depth, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns]
  if (k !== depth || (bias !== undefined && sizeOf(bias.shape) !== n)) return call.stock()
  const batchShape = aCount >= bCount ? aBatch : bBatch
  if (Math.max(aBatch.length, bBatch.length) !== batchShape.length) return call.stock()
  const out = module.output([...batchShape, m, n])
  const biasAt = bias === undefined ? 0 : module.address(bias)
  const [left, right, to] = [module.address(a), module.address(b), module.address(out)]
  module.withScratch(module.call("matmulScratchBytes"), (scratch) => {
    for (let i = 0; i < Math.max(aCount, bCount); i++) {
      module.call(
        "matmul",
        left + (aCount === 1 ? 0 : i * m * k * 4),
        right + (bCount === 1 ? 0 : i * k * n * 4),
        to + i * m * n * 4,
        m,
        n,
        k,
        transposeA,
        transposeB,
        biasAt,
        activation,
        scratch,
      )
    }
  })
  return out
}

export const batchMatMul: SimdKernel = (call) => product(call, activations.linear, undefined)

export const fusedMatMul: SimdKernel = (call) => {
  const { bias, preluActivationWeights } = call.inputs
  const { activation = "linear" } = call.attrs as { activation?: string }
  const number = activations[activation as keyof typeof activations]
  if (number === undefined || preluActivationWeights) return call.stock()
  return product(call, number, bias ?? undefined)
}
