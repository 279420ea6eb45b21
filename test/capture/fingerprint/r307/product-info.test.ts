import assert from "node:assert/strict"
import { test } from "node:test"
import { encodeProductInfo, parseProductInfo } from "@sourceprint/capture/fingerprint/r307/product-info.js"
import { hasCode } from "@sourceprint/core/errors.js"
import fc from "fast-check"

const words = (maxLength: number) => fc.string({ unit: "grapheme-ascii", maxLength }).map((text) => text.trim())

test("what is written is read; four reserved bytes behind it change nothing", () => {
  const side = fc.integer({ min: 0, max: 0xffff })
  const product = fc.record(
    {
      model: words(16),
      serial: words(8),
      sensorModel: words(8),
      width: side,
      height: side,
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(product, fc.boolean(), (info, reserved) => {
      const bytes = encodeProductInfo(info)
      const sent = reserved ? Uint8Array.from([...bytes, 1, 2, 3, 4]) : bytes
      assert.deepEqual(parseProductInfo(sent), info)
    }),
  )
})

test("an answer that ends within its fields is refused, at every cut", () => {
  const bytes = encodeProductInfo({
    model: "R503",
    serial: "1",
    sensorModel: "GR192RGB",
    width: 192,
    height: 192,
  })
  for (let n = 0; n < 46; n++)
    assert.throws(
      () => parseProductInfo(bytes.subarray(0, n)),
      (e) => hasCode(e, "sensor/bad-answer"),
    )
})

test("whatever a module calls itself, its names are plain printable words", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 46, maxLength: 50 }), (bytes) => {
      const { model, serial, sensorModel } = parseProductInfo(bytes)
      for (const [text, most] of [
        [model, 16],
        [serial, 8],
        [sensorModel, 8],
      ] as const) {
        assert.match(text, /^[\x20-\x7e]*$/)
        assert.ok(text.length <= most)
      }
    }),
  )
  const control = encodeProductInfo({ model: "R\u001b[2J", serial: "", sensorModel: "", width: 0, height: 0 })
  assert.equal(parseProductInfo(control).model, "R?[2J")
})
