import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { registerComposedGradients } from "@sourceprint/engine/kernels/composed-gradients.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"
import { onBackend, randomValues, relativeError, tensorOf } from "../../support/on-backend.js"

const TOLERANCE = 2e-5 // relative to the root mean square; float32 sums in different orders

/** d sum(dy * f(x, w)) / d x or w on wasm and cpu. */
async function compareGradients(
  xShape: number[],
  wShape: number[],
  f: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor,
  rng: Rng,
): Promise<void> {
  await selectEngine("wasm")
  registerComposedGradients()
  const x = randomValues(xShape, rng)
  const w = randomValues(wShape, rng)
  const dy = randomValues(
    tf.tidy(() => f(tensorOf(x), tensorOf(w)).shape),
    rng,
  )
  for (const argument of [0, 1] as const) {
    const gradient = (): tf.Tensor =>
      tf.grads((a, b) => tf.sum(tf.mul(f(a, b), tensorOf(dy))))([tensorOf(x), tensorOf(w)])[argument] as tf.Tensor
    const error = relativeError(await onBackend("wasm", gradient), await onBackend("cpu", gradient))
    assert.ok(error < TOLERANCE, `argument ${argument}, x ${xShape}, w ${wShape}: ${error}`)
  }
}

const convolutions: readonly { stride: number | [number, number]; pad: "same" | "valid" | number }[] = [
  { stride: 1, pad: "same" },
  { stride: 1, pad: "valid" },
  { stride: 2, pad: "same" },
  { stride: 3, pad: "valid" },
  { stride: [1, 2], pad: "same" },
  { stride: 2, pad: 1 },
]

test("convolution and depthwise gradients agree with the CPU backend", async () => {
  const rng = new Rng("composed")
  for (const { stride, pad } of convolutions) {
    for (const [height, width, kernel] of [
      [7, 9, 3],
      [8, 5, 1],
      [6, 6, 2],
    ] as const) {
      if (typeof pad === "number" && kernel <= pad) continue
      await compareGradients(
        [2, height, width, 3],
        [kernel, kernel, 3, 5],
        (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
        rng,
      )
      await compareGradients(
        [2, height, width, 3],
        [kernel, kernel, 3, 2],
        (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
        rng,
      )
    }
  }
})

test("the gradient of gather sums rows of equal index", async () => {
  const rows = (): tf.Tensor1D => tf.tensor1d([4, 0, 4, 4, 2, 0], "int32")
  await compareGradients([5, 3], [3], (x, w) => tf.mul(tf.gather(x, rows()), w), new Rng(7))
})
