import assert from "node:assert/strict"
import { test } from "node:test"
import { concat, equalConstantTime, fromHex, fromUtf8, toHex, u16, u32, u64, utf8 } from "@sourceprint/core/bytes.js"
import fc from "fast-check"

test("integers are big-endian and bounded", () => {
  assert.deepEqual(u16(0x1234), Uint8Array.of(0x12, 0x34))
  assert.deepEqual(u32(0xfffefdfc), Uint8Array.of(0xff, 0xfe, 0xfd, 0xfc))
  assert.equal(toHex(u64(2 ** 40 + 1)), "0000010000000001")
  for (const bad of [-1, 1.5, Number.NaN, 2 ** 53]) assert.throws(() => u64(bad), RangeError)
  assert.throws(() => u16(0x10000), RangeError)
  assert.throws(() => u32(2 ** 32), RangeError)
})

test("hex and UTF-8 round trip", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(fromHex(toHex(bytes)), bytes)))
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => assert.equal(fromUtf8(utf8(text)), text)))
  assert.throws(() => fromHex("0"), RangeError)
  assert.throws(() => fromHex("zz"), RangeError)
  assert.throws(() => fromUtf8(Uint8Array.of(0xff)), TypeError)
})

test("compare finds every difference", () => {
  const bytes = concat([u32(1), u32(2)])
  assert.equal(equalConstantTime(bytes, concat([bytes])), true)
  for (let i = 0; i < bytes.length; i++) assert.equal(equalConstantTime(bytes, bytes.with(i, bytes[i] ^ 0x80)), false)
  assert.equal(equalConstantTime(bytes, bytes.subarray(1)), false)
})
