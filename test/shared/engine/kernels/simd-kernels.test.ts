/** Every SIMD kernel against tfjs' CPU backend over random shapes, and gradients against finite differences. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import * as tf from "@tensorflow/tfjs"
import { selectEngine } from "../../../../src/shared/engine/select-engine.js"
import { Rng } from "../../../../src/shared/rng.js"
import { onBackend, randomValues, relativeError, tensorOf, type Values } from "../../../support/on-backend.js"

// Relative to the root mean square of the expected values; float32 sums in another order.
const TOLERANCE = 2e-5

type Op = (...inputs: tf.Tensor[]) => tf.Tensor

/** Result of `op`, and its gradient for every input, equal on wasm and cpu. */
async function agrees(
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
    assert.ok(
      error < tolerance,
      `${name} of ${inputs.map((i) => i.shape.join("x"))}: ${what} off by ${error}`,
    )
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

interface Window {
  readonly kernel: readonly [number, number]
  readonly stride: [number, number]
  readonly pad: "same" | "valid" | number
}

const randomWindow = (rng: Rng, height: number, width: number): Window => {
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
    await agrees(
      "conv2d 1x1",
      (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same"),
      [x, w],
      rng,
    )
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
      const dense: Op = (a, b, bias) =>
        tf.fused.matMul({ a, b, bias, activation, transposeA, transposeB: false })
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
  const values = engine.tidy(() =>
    engine.relu(engine.tensor1d([Number.NaN, -1, 2, 3, Number.NaN])).dataSync(),
  )
  assert.deepEqual([...values], [Number.NaN, 0, 2, 3, Number.NaN])
})

test("clipped activations pass the gradient at both bounds", async () => {
  const x = { shape: [2, 5], values: Float32Array.from([-1, 0, 3, 6, 7, 5.9, 0.1, -0.1, 6.1, 2]) }
  await agrees("clip", (a) => tf.clipByValue(a, 0, 6), [x], new Rng("clip"))
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
    await agrees(
      "batch norm",
      op,
      [randomValues(shape, rng), channels(), channels(), channels(), channels()],
      rng,
    )
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
      () =>
        tf
          .sum(tf.mul(op(tensorOf({ shape: x.shape, values: shifted })), tensorOf(dy)))
          .dataSync()[0] as number,
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
    const actual = await onBackend("wasm", () =>
      tf.grad((a) => tf.sum(tf.mul(op(a), tensorOf(dy))))(tensorOf(x)),
    )
    const error = relativeError(actual, expected)
    assert.ok(error < 1e-4, `op ${index}: ${error}`)
  }
})

test("sums and means over leading, trailing, middle and all axes", async () => {
  const rng = new Rng("sum")
  for (const shape of [[7], [5, 9], [300, 3], [2, 3, 4, 13], [600, 21]]) {
    for (const axis of [
      [0],
      [shape.length - 1],
      shape.map((_, i) => i),
      shape.map((_, i) => i).slice(0, -1),
      [1],
    ]) {
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
    await agrees(
      `slice ${begin} ${size}`,
      (a) => tf.slice(a, begin, size),
      [randomValues(shape, rng)],
      rng,
      false,
    )
  }
  await selectEngine("wasm")
  const ids = tf.tidy(() =>
    tf.slice(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32"), [0, 1], [2, 2]).dataSync(),
  )
  assert.deepEqual([...ids], [2, 3, 5, 6])
  const flags = tf.tidy(() => tf.slice(tf.tensor1d([true, false, true], "bool"), 1, 2).dataSync())
  assert.deepEqual([...flags], [0, 1])
  assert.equal(
    tf.tidy(() => tf.slice(tf.tensor1d([1, 2, 3]), 1, 0).size),
    0,
  )
})

test("the memory may grow between kernels: addresses are read anew", async () => {
  const { tf: engine } = await selectEngine("wasm")
  engine.tidy(() => {
    const x = engine.ones([1, 8, 8, 4]) as tf.Tensor4D
    const w = engine.ones([3, 3, 4, 8]) as tf.Tensor4D
    const before = engine.conv2d(x, w, 1, "valid").dataSync()
    const big = Array.from({ length: 6 }, () => engine.zeros([8 * 1024 * 1024]))
    const after = engine.conv2d(x, w, 1, "valid").dataSync()
    assert.deepEqual(after, before)
    assert.equal(big.length, 6)
    assert.ok(after.every((v) => v === 36))
  })
})

/** Ids of the sections of a WebAssembly module (core specification 2.0, 5.5.2). */
function sectionsOf(bytes: Uint8Array): number[] {
  const sections: number[] = []
  for (let at = 8; at < bytes.length; ) {
    sections.push(bytes[at++] as number)
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    at += size
  }
  return sections
}

test("the modules lay no data into the memory that they borrow", () => {
  for (const name of ["kernels.wasm", "kernels.relaxed.wasm"]) {
    const url = new URL(`../../../../src/shared/engine/kernels/${name}`, import.meta.url)
    const sections = sectionsOf(readFileSync(url))
    assert.ok(sections.includes(10), "has code")
    assert.ok(!sections.includes(11) && !sections.includes(8), "has neither data nor a start function")
  }
})

test("with and without fused multiply-add the results agree", () => {
  const script = `
    const { selectEngine } = await import(process.argv[1])
    const { tf, versions } = await selectEngine("wasm")
    const x = tf.randomNormal([2, 9, 9, 16], 0, 1, "float32", 1)
    const w = tf.randomNormal([3, 3, 16, 16], 0, 1, "float32", 2)
    const rows = x.reshape([8, -1])
    const parts = [tf.conv2d(x, w, 1, "same"), tf.conv2d(x, w, 2, "same"), tf.matMul(rows, rows, false, true)]
    console.log(JSON.stringify({ kernels: versions.kernels, values: parts.flatMap((p) => [...p.dataSync()]) }))`
  const engine = new URL("../../../../src/shared/engine/select-engine.js", import.meta.url).href
  const [fused, plain] = ["on", "off"].map((choice) => {
    const env = { ...process.env, SOURCEPRINT_ENGINE_FMA: choice }
    const args = ["--input-type=module", "-e", script, engine]
    return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" })) as {
      kernels: string
      values: number[]
    }
  }) as [{ kernels: string; values: number[] }, { kernels: string; values: number[] }]
  assert.equal(plain.kernels, "simd128")
  assert.equal(fused.values.length, plain.values.length)
  for (const [i, value] of plain.values.entries())
    assert.ok(Math.abs(value - (fused.values[i] as number)) < 1e-3)
})
