import assert from "node:assert/strict"
import { test } from "node:test"
import { canonicalJson, contentId } from "@sourceprint/core/canonical-json.js"
import fc from "fast-check"

test("key order and undefined members do not matter", () => {
  assert.equal(canonicalJson({ b: [1, { y: 1, x: null }], a: "ü", c: undefined }), '{"a":"ü","b":[1,{"x":null,"y":1}]}')
  assert.equal(contentId({ a: 1, b: 2 }), contentId({ b: 2, a: 1 }))
  assert.notEqual(contentId({ a: 1 }), contentId({ a: 2 }))
})

test("it is JSON: parsing it gives the value back", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value))
      assert.deepEqual(JSON.parse(canonicalJson(plain)), plain)
    }),
  )
})

test("a number without a JSON form is refused", () => {
  assert.throws(() => canonicalJson({ a: Number.NaN }), RangeError)
})
