import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"

test("one seed, one stream; the state continues where it stopped", () => {
  const first = new Rng(7)
  const again = new Rng(7)
  for (let i = 0; i < 100; i++) assert.equal(first.u32(), again.u32())
  const resumed = new Rng(7, first.state)
  assert.equal(resumed.u32(), first.u32())
  assert.notEqual(new Rng(8).u32(), new Rng(7).u32())
})

test("forks are independent of how much was drawn before", () => {
  const a = new Rng("study")
  const b = new Rng("study")
  b.u32()
  assert.equal(a.fork("noise").u32(), b.fork("noise").u32())
  assert.notEqual(a.fork("noise").u32(), a.fork("dust").u32())
})

test("uniform and normal have the right moments", () => {
  const rng = new Rng(1)
  const n = 200_000
  let sum = 0
  let squares = 0
  let uniform = 0
  for (let i = 0; i < n; i++) {
    const z = rng.normal()
    sum += z
    squares += z * z
    uniform += rng.float()
  }
  assert.ok(Math.abs(sum / n) < 0.01)
  assert.ok(Math.abs(squares / n - 1) < 0.02)
  assert.ok(Math.abs(uniform / n - 0.5) < 0.003)
})

test("shuffle keeps every item and does not touch its input", () => {
  const items = [1, 2, 3, 4, 5, 6, 7]
  const shuffled = new Rng(3).shuffled(items)
  assert.deepEqual(items, [1, 2, 3, 4, 5, 6, 7])
  assert.deepEqual([...shuffled].sort(), items)
  assert.throws(() => new Rng(3).below(0), RangeError)
})
