import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { selectEngine } from "@sourceprint/engine/select-engine.js"
import type * as tf from "@tensorflow/tfjs"

test("the memory may grow between kernels: addresses are read again", async () => {
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
    const url = new URL(name, import.meta.resolve("@sourceprint/engine/kernels/simd-module.js"))
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
  const engine = import.meta.resolve("@sourceprint/engine/select-engine.js")
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
  for (const [i, value] of plain.values.entries()) assert.ok(Math.abs(value - (fused.values[i] as number)) < 1e-3)
})
