import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"
import { agrees, type Op, randomWindow } from "../../support/kernel-agreement.js"
import { onBackend, randomValues, relativeError, tensorOf, type Values } from "../../support/on-backend.js"

test("convolution and its gradients over random shapes, strides and paddings", async () => {
  const rng = new Rng("convolution")
  for (let round = 0; round < 40; round++) {
    const [height, width] = [1 + rng.below(12), 1 + rng.below(14)]
    const [inputs, outputs] = [rng.pick([1, 2, 3, 4, 8, 11]), rng.pick([1, 3, 7, 8, 9, 16, 21])]
    const { kernel, stride, pad } = randomWindow(rng, height, width)
    const x = randomValues([1 + rng.below(3), height, width, inputs], rng)
    const w = randomValues([...kernel, inputs, outputs], rng)
    const op: Op = (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)
    await agrees(`conv2d stride ${stride} pad ${pad} kernel ${kernel}`, op, [x, w], rng)
  }
})

test("3 x 3 convolution by minimal filtering, for every edge and padding", async () => {
  const rng = new Rng("winograd")
  for (const [height, width, inputs, outputs, pad] of [
    [8, 8, 16, 16, "same"],
    [9, 11, 20, 24, "same"],
    [13, 7, 16, 32, "valid"],
    [12, 12, 32, 16, 1],
    [4, 4, 16, 16, "same"],
    [21, 18, 16, 16, "valid"],
  ] as const) {
    const x = randomValues([3, height, width, inputs], rng)
    const w = randomValues([3, 3, inputs, outputs], rng)
    const op: Op = (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad)
    await agrees(`winograd pad ${pad}`, op, [x, w], rng, true, 1e-4)
    const bias = randomValues([outputs], rng)
    const fused: Op = (a, b, c) =>
      tf.fused.conv2d({
        x: a as tf.Tensor4D,
        filter: b as tf.Tensor4D,
        bias: c as tf.Tensor1D,
        strides: 1,
        pad,
        activation: "relu6",
      })
    await agrees("winograd with bias and activation", fused, [x, w, bias], rng, false, 1e-4)
  }
})

test("1 x 1 convolution, a whole batch as one product", async () => {
  const rng = new Rng("pointwise")
  for (const [inputs, outputs] of [
    [3, 5],
    [16, 24],
    [300, 9],
  ] as const) {
    const x = randomValues([2, 5, 7, inputs], rng)
    const w = randomValues([1, 1, inputs, outputs], rng)
    await agrees("conv2d 1x1", (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same"), [x, w], rng)
  }
})

test("convolution with bias and activation in one kernel", async () => {
  const rng = new Rng("fused")
  for (const activation of ["linear", "relu", "relu6"] as const) {
    for (const outputs of [4, 13]) {
      const x = randomValues([2, 6, 7, 3], rng)
      const w = randomValues([3, 3, 3, outputs], rng)
      const bias = randomValues([outputs], rng)
      const op: Op = (a, b, c) =>
        tf.fused.conv2d({
          x: a as tf.Tensor4D,
          filter: b as tf.Tensor4D,
          bias: c as tf.Tensor1D,
          strides: 1,
          pad: "same",
          activation,
        })
      await agrees(`fused conv2d ${activation}`, op, [x, w, bias], rng, activation !== "relu6")
    }
  }
})

test("depthwise convolution and its gradients over random shapes", async () => {
  const rng = new Rng("depthwise")
  for (let round = 0; round < 25; round++) {
    const [height, width, channels] = [1 + rng.below(10), 1 + rng.below(10), rng.pick([1, 3, 4, 10, 16])]
    const { kernel, stride, pad } = randomWindow(rng, height, width)
    const x = randomValues([2, height, width, channels], rng)
    const w = randomValues([...kernel, channels, round % 5 === 0 ? 2 : 1], rng)
    const steps = rng.below(2) === 0 ? stride : ([stride[0], stride[0]] as [number, number])
    const op: Op = (a, b) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, steps, pad)
    await agrees(`depthwise stride ${steps} pad ${pad}`, op, [x, w], rng)
  }
})

test("max-pool gradients over random windows, ties to the first", async () => {
  const rng = new Rng("max-pool")
  for (let round = 0; round < 25; round++) {
    const [height, width] = [2 + rng.below(9), 2 + rng.below(9)]
    const { kernel, stride, pad } = randomWindow(rng, height, width)
    const x = randomValues([2, height, width, rng.pick([1, 3, 4, 9])], rng)
    if (round % 3 === 0) for (const [i, v] of x.values.entries()) x.values[i] = Math.max(0, Math.round(v))
    const op: Op = (a) => tf.maxPool(a as tf.Tensor4D, [...kernel], stride, pad)
    await agrees(`max-pool ${kernel} stride ${stride} pad ${pad}`, op, [x], rng)
  }
  const even = randomValues([2, 8, 10, 12], rng)
  await agrees("max-pool 2x2", (a) => tf.maxPool(a as tf.Tensor4D, 2, 2, "valid"), [even], rng)
})

/** Central differences of sum(op(x) * dy) in every element of x, in float32 with a step that suits linear ops. */
function finiteDifferences(op: Op, x: Values, dy: Values): Values {
  const values = new Float32Array(x.values.length)
  const at = (shifted: Float32Array): number =>
    tf.tidy(
      () => tf.sum(tf.mul(op(tensorOf({ shape: x.shape, values: shifted })), tensorOf(dy))).dataSync()[0] as number,
    )
  for (const i of values.keys()) {
    const [up, down] = [x.values.slice(), x.values.slice()]
    up[i] = (up[i] as number) + 0.5
    down[i] = (down[i] as number) - 0.5
    values[i] = at(up) - at(down)
  }
  return { shape: x.shape, values }
}

test("gradients of linear kernels are their finite differences", async () => {
  const rng = new Rng("differences")
  const w = randomValues([3, 3, 2, 5], rng)
  const ops: readonly Op[] = [
    (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, "same"),
    (x) => tf.avgPool(x as tf.Tensor4D, [2, 3], 1, "valid"),
    (x) => tf.conv2d(x as tf.Tensor4D, tensorOf(w) as tf.Tensor4D, 2, "same"),
    (x) => tf.mean(x, [1, 2]),
    (x) => tf.slice(x, [0, 1, 2, 0], [1, 3, 2, 2]),
  ]
  for (const [index, op] of ops.entries()) {
    await selectEngine("wasm")
    const x = randomValues([1, 5, 6, 2], rng)
    const dy = randomValues(
      tf.tidy(() => op(tensorOf(x)).shape),
      rng,
    )
    const expected = finiteDifferences(op, x, dy)
    const actual = await onBackend("wasm", () => tf.grad((a) => tf.sum(tf.mul(op(a), tensorOf(dy))))(tensorOf(x)))
    const error = relativeError(actual, expected)
    assert.ok(error < 1e-4, `op ${index}: ${error}`)
  }
})
