import assert from "node:assert/strict"
import type { Rng } from "@sourceprint/core/rng.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"
import { onBackend, randomValues, relativeError, tensorOf, type Values } from "./on-backend.js"

// Relative to the root mean square of the expected values; float32 sums in another order.
const TOLERANCE = 2e-5

export type Op = (...inputs: tf.Tensor[]) => tf.Tensor

/** Result of `op`, and its gradient for every input, equal on wasm and cpu. */
export async function agrees(
  name: string,
  op: Op,
  inputs: readonly Values[],
  rng: Rng,
  gradients = true,
  tolerance = TOLERANCE,
): Promise<void> {
  await selectEngine("wasm")
  const tensors = (): tf.Tensor[] => inputs.map(tensorOf)
  const check = async (what: string, f: () => tf.Tensor): Promise<void> => {
    const error = relativeError(await onBackend("wasm", f), await onBackend("cpu", f))
    assert.ok(error < tolerance, `${name} of ${inputs.map((i) => i.shape.join("x"))}: ${what} off by ${error}`)
  }
  await check("result", () => op(...tensors()))
  if (!gradients) return
  const dy = randomValues(
    tf.tidy(() => op(...tensors()).shape),
    rng,
  )
  for (const index of inputs.keys()) {
    await check(`gradient ${index}`, () => {
      const all = tf.grads((...args: tf.Tensor[]) => tf.sum(tf.mul(op(...args), tensorOf(dy))))(tensors())
      return all[index] as tf.Tensor
    })
  }
}

/** Of a convolution or a pooling. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly stride: [number, number]
  readonly pad: "same" | "valid" | number
}

export const randomWindow = (rng: Rng, height: number, width: number): Window => {
  const kernel = [1 + rng.below(Math.min(4, height)), 1 + rng.below(Math.min(5, width))] as const
  // tfjs takes the output width of a number padding from the height: only square windows mean something there.
  const pad = rng.pick(["same", "valid", 1] as const)
  if (pad === 1) return { kernel: [3, 3], stride: [2, 2], pad: height > 1 && width > 1 ? 1 : "same" }
  return {
    kernel,
    stride: [1 + rng.below(3), 1 + rng.below(3)],
    pad,
  }
}
