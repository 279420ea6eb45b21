/** Runs tensor code on a named tfjs backend and compares results: every fast kernel against the plain one. */
import assert from "node:assert/strict"
import type { Rng } from "@sourceprint/core/rng.js"
import * as tf from "@tensorflow/tfjs"

export interface Values {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Standard normal values of a shape. */
export function randomValues(shape: readonly number[], rng: Rng): Values {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
  for (let i = 0; i < values.length; i++) values[i] = rng.normal()
  return { shape, values }
}

/** The tensor of `values` on the backend in force; the caller's tidy disposes it. */
export const tensorOf = ({ shape, values }: Values): tf.Tensor => tf.tensor(values, [...shape], "float32")

/** Result of `f` on `backend`, as plain values. Fails when a tensor or its data is left behind. */
export async function onBackend(backend: string, f: () => tf.Tensor): Promise<Values> {
  await tf.setBackend(backend)
  const before = { tensors: tf.memory().numTensors, data: tf.memory().numDataBuffers }
  const result = tf.tidy(f)
  const values = Float32Array.from(result.dataSync())
  const { shape } = result
  result.dispose()
  assert.deepEqual({ tensors: tf.memory().numTensors, data: tf.memory().numDataBuffers }, before, "leak")
  return { shape, values }
}

/** Greatest difference, relative to the root mean square of `expected`. */
export function relativeError(actual: Values, expected: Values): number {
  assert.deepEqual(actual.shape, expected.shape)
  const rms = Math.sqrt(expected.values.reduce((sum, v) => sum + v * v, 0) / Math.max(1, expected.values.length))
  let worst = 0
  for (const [i, value] of expected.values.entries()) {
    const difference = Math.abs((actual.values[i] as number) - value)
    if (!(difference <= worst)) worst = difference
  }
  return worst / Math.max(rms, 1e-6)
}
