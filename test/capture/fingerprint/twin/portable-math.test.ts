import assert from "node:assert/strict"
import { readdir, readFile } from "node:fs/promises"
import { test } from "node:test"
import { atan2, cos, exp, log, normal, pixelNoise, sin } from "@sourceprint/capture/fingerprint/twin/portable-math.js"
import { Rng } from "@sourceprint/core/rng.js"
import fc from "fast-check"

const close = (a: number, b: number, tolerance: number): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} against ${b}`)

test("sin, cos, exp, log and atan2 agree with the engine's", () => {
  const angle = fc.double({ min: -1000, max: 1000, noNaN: true })
  fc.assert(
    fc.property(angle, angle, (x, y) => {
      close(sin(x), Math.sin(x), 1e-12)
      close(cos(x), Math.cos(x), 1e-12)
      if (x !== 0 || y !== 0) close(atan2(y, x), Math.atan2(y + 0, x), 1e-12) // + 0: no negative zero
      close(exp(x / 3), Math.exp(x / 3), 1e-11 * Math.exp(x / 3))
      const positive = Math.abs(x) + 1e-9
      close(log(positive), Math.log(positive), 1e-12)
    }),
    { numRuns: 3000 },
  )
})

test("the corners: axes, zero, far ends", () => {
  assert.equal(atan2(0, 0), 0)
  close(atan2(0, -1), Math.PI, 1e-15)
  close(atan2(-1, 0), -Math.PI / 2, 1e-15)
  assert.equal(exp(-1e6), 0)
  assert.throws(() => exp(701), RangeError)
  assert.throws(() => log(0), RangeError)
  assert.throws(() => log(Number.NaN), RangeError)
})

test("both noises have mean 0 and deviation 1", () => {
  for (const draw of [normal, pixelNoise]) {
    const rng = new Rng(4)
    const n = 20000
    let sum = 0
    let square = 0
    for (let i = 0; i < n; i++) {
      const value = draw(rng)
      sum += value
      square += value * value
    }
    assert.ok(Math.abs(sum / n) < 0.03, `mean ${sum / n}`)
    assert.ok(Math.abs(square / n - 1) < 0.05, `variance ${square / n}`)
  }
})

test("no simulated pixel leans on an elementary function of the engine", async () => {
  const folder = new URL("./", import.meta.resolve("@sourceprint/capture/fingerprint/twin/ridge-growth.js"))
  const files = (await readdir(folder)).filter((name) => name.endsWith(".js"))
  assert.ok(files.includes("ridge-growth.js") && files.includes("exposure.js"))
  for (const name of files) {
    const code = (await readFile(new URL(name, folder), "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
    const used = /Math\.(?!PI|sqrt|abs|min|max|floor|ceil|round|imul)\w+|\*\*|\.normal\(/.exec(code)
    assert.equal(used, null, `${name} uses ${used?.[0]}`)
  }
})
