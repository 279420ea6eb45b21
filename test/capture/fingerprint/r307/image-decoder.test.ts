import assert from "node:assert/strict"
import { test } from "node:test"
import {
  expandImage,
  geometryOf,
  packNibbles,
  unpackNibbles,
} from "@sourceprint/capture/fingerprint/r307/image-decoder.js"
import { hasCode } from "@sourceprint/core/errors.js"
import fc from "fast-check"

test("the high nibble is the left pixel; packing is the reverse of unpacking", () => {
  assert.deepEqual(unpackNibbles(Uint8Array.of(0xf0, 0x3a)), Uint8Array.of(15, 0, 3, 10))
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(packNibbles(unpackNibbles(bytes)), bytes)))
  assert.throws(() => packNibbles(new Uint8Array(3)), RangeError)
})

test("two expansions of one touch differ in every pixel but black", () => {
  const expand = (expansion: "x17" | "x16") => expandImage(Uint8Array.of(0x0f), { width: 2, height: 1 }, expansion, 508)
  assert.deepEqual(expand("x17"), { width: 2, height: 1, dpi: 508, pixels: Uint8Array.of(0, 255) })
  assert.deepEqual(expand("x16").pixels, Uint8Array.of(0, 240))
})

test("geometry comes from the module's answer, else from the byte count", () => {
  assert.deepEqual(geometryOf(36_864), { width: 256, height: 288 })
  assert.deepEqual(geometryOf(18_432), { width: 192, height: 192 })
  assert.deepEqual(geometryOf(50, { width: 10, height: 10 }), { width: 10, height: 10 })
  assert.throws(
    () => geometryOf(36_736),
    (e) => hasCode(e, "image/geometry"),
  )
  // A short image must not pass for a smaller sensor's once the size is known.
  assert.throws(
    () => geometryOf(18_432, { width: 256, height: 288 }),
    (e) => hasCode(e, "image/geometry"),
  )
})
