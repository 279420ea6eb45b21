import assert from "node:assert/strict"
import { test } from "node:test"
import { DiverseFrames, signatureOf } from "@sourceprint/serve/web/face/diverse-frames.js"
import fc from "fast-check"

const signature = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length)

test("what is kept differs from all else that is kept, and what is dropped is near or too much", () => {
  fc.assert(
    fc.property(fc.array(signature, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (all, most) => {
      const frames = new DiverseFrames<number>(most, 0.2)
      all.forEach((values, i) => {
        const before = frames.frames.map((frame) => frame.signature)
        const kept = frames.offer(Float32Array.from(values), () => i)
        const near = before.some((other) => distance(other, Float32Array.from(values)) < 0.2)
        if (near) assert.equal(kept, false)
        else if (before.length < most) assert.equal(kept, true)
      })
      assert.ok(frames.frames.length <= most)
      frames.frames.forEach((a, i) => {
        for (const b of frames.frames.slice(i + 1)) assert.ok(distance(a.signature, b.signature) >= 0.2)
      })
    }),
  )
})

test("a full set gives the place of a near pair to a frame from afar", () => {
  const frames = new DiverseFrames<string>(2, 0.05)
  const at = (x: number): Float32Array => Float32Array.of(x)
  frames.offer(at(0), () => "a")
  frames.offer(at(0.1), () => "b")
  assert.equal(
    frames.offer(at(0.15), () => "c"),
    false,
  )
  assert.equal(
    frames.offer(at(1), () => "d"),
    true,
  )
  assert.deepEqual(frames.frames.map(({ picture }) => picture).sort(), ["a", "d"])
})

test("another lamp is no other face, another picture is", () => {
  const picture = (grey: (x: number, y: number) => number): Uint8ClampedArray => {
    const rgba = new Uint8ClampedArray(4 * 60 * 60)
    for (let i = 0; i < 3600; i++) rgba.fill(grey(i % 60, Math.floor(i / 60)), 4 * i, 4 * i + 3)
    return rgba
  }
  const box = { x: 6, y: 6, width: 48, height: 48 }
  const one = signatureOf(
    picture((x, y) => 90 + x + y),
    60,
    60,
    box,
  )
  const brighter = signatureOf(
    picture((x, y) => 70 + 1.4 * (x + y)),
    60,
    60,
    box,
  )
  const other = signatureOf(
    picture((x, y) => 90 + x - y),
    60,
    60,
    box,
  )
  assert.ok(distance(one, brighter) < 0.01)
  assert.ok(distance(one, other) > 0.1)
})
