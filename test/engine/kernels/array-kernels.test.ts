import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import * as tf from "@tensorflow/tfjs"
import { agrees, type Op } from "../../support/kernel-agreement.js"
import { randomValues } from "../../support/on-backend.js"

test("matrix products of every orientation, blocked and ragged", async () => {
  const rng = new Rng("matmul")
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 7],
    [8, 16, 8],
    [33, 300, 17],
    [5, 513, 600],
    [70, 2, 9],
  ] as const) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = randomValues(transposeA ? [k, m] : [m, k], rng)
        const b = randomValues(transposeB ? [n, k] : [k, n], rng)
        await agrees("matMul", (x, y) => tf.matMul(x, y, transposeA, transposeB), [a, b], rng, m * n < 1000)
      }
    }
  }
})

test("batched and fused matrix products", async () => {
  const rng = new Rng("batched")
  const op: Op = (x, y) => tf.matMul(x, y)
  await agrees("batches", op, [randomValues([2, 3, 4, 5], rng), randomValues([2, 3, 5, 6], rng)], rng)
  await agrees("one right", op, [randomValues([3, 4, 5], rng), randomValues([5, 6], rng)], rng, false)
  for (const activation of ["linear", "relu", "relu6"] as const) {
    for (const transposeA of [false, true]) {
      const inputs = [
        randomValues(transposeA ? [40, 6] : [6, 40], rng),
        randomValues([40, 11], rng),
        randomValues([11], rng),
      ]
      const dense: Op = (a, b, bias) => tf.fused.matMul({ a, b, bias, activation, transposeA, transposeB: false })
      await agrees(`dense ${activation}`, dense, inputs, rng, false)
    }
  }
})

test("element by element: equal shapes, scalars, repeated rows and other broadcasts", async () => {
  const rng = new Rng("binary")
  const shapes: readonly (readonly [number[], number[]])[] = [
    [
      [2, 3, 5],
      [2, 3, 5],
    ],
    [[4, 7], []],
    [[], [9]],
    [[2, 3, 4, 6], [6]],
    [[6], [2, 5, 6]],
    [
      [2, 3, 4],
      [1, 3, 4],
    ],
    [
      [2, 3, 4],
      [2, 1, 4],
    ],
    [
      [2, 1, 4],
      [1, 3, 1],
    ],
    [[1, 1, 5], [5]],
    [[5], [1, 1, 1]],
  ]
  for (const [a, b] of shapes) {
    for (const op of [tf.add, tf.sub, tf.mul, tf.div] as Op[]) {
      const positive = randomValues(b, rng)
      positive.values.forEach((v, i) => {
        positive.values[i] = Math.abs(v) + 0.5
      })
      await agrees(op.name, op, [randomValues(a, rng), positive], rng)
    }
  }
})

test("activations and their gradients", async () => {
  const rng = new Rng("activation")
  for (const shape of [[7], [3, 5], [2, 4, 4, 3]]) {
    await agrees("relu", (x) => tf.relu(x), [randomValues(shape, rng)], rng)
    await agrees("relu6", (x) => tf.relu6(tf.mul(x, 5)), [randomValues(shape, rng)], rng)
  }
})

test("a NaN stays one through activations, so that a diverged run is seen", async () => {
  const { tf: engine } = await selectEngine("wasm")
  const values = engine.tidy(() => engine.relu(engine.tensor1d([Number.NaN, -1, 2, 3, Number.NaN])).dataSync())
  assert.deepEqual([...values], [Number.NaN, 0, 2, 3, Number.NaN])
})

test("clipped activations pass the gradient at both bounds", async () => {
  const x = { shape: [2, 5], values: Float32Array.from([-1, 0, 3, 6, 7, 5.9, 0.1, -0.1, 6.1, 2]) }
  await agrees("clip", (a) => tf.clipByValue(a, 0, 6), [x], new Rng("clip"))
})

test("batch norm with given moments, for every argument", async () => {
  const rng = new Rng("batch-norm")
  const op: Op = (x, mean, variance, offset, scale) =>
    tf.batchNorm(
      x,
      mean as tf.Tensor1D,
      tf.abs(variance) as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      0.5,
    )
  for (const shape of [
    [3, 4, 5, 6],
    [9, 13],
  ]) {
    const channels = () => randomValues([shape.at(-1) as number], rng)
    await agrees("batch norm", op, [randomValues(shape, rng), channels(), channels(), channels(), channels()], rng)
  }
})

test("sums and means over leading, trailing, middle and all axes", async () => {
  const rng = new Rng("sum")
  for (const shape of [[7], [5, 9], [300, 3], [2, 3, 4, 13], [600, 21]]) {
    for (const axis of [[0], [shape.length - 1], shape.map((_, i) => i), shape.map((_, i) => i).slice(0, -1), [1]]) {
      if (axis.length === 0 || axis.some((a) => a >= shape.length)) continue
      for (const keepDims of [false, true]) {
        const x = randomValues(shape, rng)
        await agrees(`sum over ${axis}`, (a) => tf.sum(a, axis, keepDims), [x], rng, shape.length < 4)
        await agrees(`mean over ${axis}`, (a) => tf.mean(a, axis, keepDims), [x], rng, shape.length < 4)
      }
    }
  }
})

test("slices of every rank and type", async () => {
  const rng = new Rng("slice")
  for (let round = 0; round < 40; round++) {
    const shape = Array.from({ length: 1 + rng.below(6) }, () => 1 + rng.below(4))
    const begin = shape.map((n) => rng.below(n))
    const size = shape.map((n, i) => (rng.below(3) === 0 ? -1 : 1 + rng.below(n - (begin[i] as number))))
    await agrees(`slice ${begin} ${size}`, (a) => tf.slice(a, begin, size), [randomValues(shape, rng)], rng, false)
  }
  await selectEngine("wasm")
  const ids = tf.tidy(() => tf.slice(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32"), [0, 1], [2, 2]).dataSync())
  assert.deepEqual([...ids], [2, 3, 5, 6])
  const flags = tf.tidy(() => tf.slice(tf.tensor1d([true, false, true], "bool"), 1, 2).dataSync())
  assert.deepEqual([...flags], [0, 1])
  assert.equal(
    tf.tidy(() => tf.slice(tf.tensor1d([1, 2, 3]), 1, 0).size),
    0,
  )
})

test("concatenations along every axis, of narrow and of wide pieces", async () => {
  const rng = new Rng("concat")
  for (const shape of [[3], [4, 1], [2, 3, 1], [2, 2, 3, 5], [3, 40]]) {
    for (const axis of shape.keys()) {
      const pieces = [1, 2, 3].map((length) => randomValues(shape.with(axis, length), rng))
      await agrees(`concat along ${axis}`, (...parts) => tf.concat(parts, axis), pieces, rng)
    }
  }
  await selectEngine("wasm")
  const [a, b] = [tf.tensor2d([1, 2], [2, 1], "int32"), tf.tensor2d([3, 4], [2, 1], "int32")]
  assert.deepEqual([...tf.concat([a, b], 1).dataSync()], [1, 3, 2, 4])
})
