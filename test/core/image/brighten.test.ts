import assert from "node:assert/strict"
import { test } from "node:test"
import { brightened, brighteningTable } from "@sourceprint/core/image/brighten.js"

test("dark pictures are brightened by one factor, bright ones stay themselves", () => {
  const dark = { pixels: Uint8Array.from({ length: 1000 }, (_, i) => i % 31) }
  const seen = brightened(dark)
  assert.deepEqual(
    [...seen.pixels.slice(0, 31)],
    Array.from({ length: 31 }, (_, i) => Math.round((i * 245) / 30)),
  )
  const bright = { pixels: Uint8Array.from({ length: 1000 }, (_, i) => i % 200) }
  assert.equal(brightened(bright), bright)
  assert.equal(brighteningTable(new Uint8Array(100)), undefined, "black")
})

test("a lamp does not make a picture bright, and a small bright face is not blown out", () => {
  const lamp = Uint8Array.from({ length: 1000 }, (_, i) => (i < 4 ? 255 : i % 31))
  assert.equal(brighteningTable(lamp)?.[30], 245)
  const face = Uint8Array.from({ length: 1000 }, (_, i) => (i < 20 ? 90 : 20))
  assert.equal(brighteningTable(face)?.[90], 245)
})
