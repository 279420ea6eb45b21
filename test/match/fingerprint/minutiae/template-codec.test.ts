import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { syntheticPrint } from "../../../support/synthetic-print.js"

const { codec, compare, enrol } = minutiaeMatcher
const template = await enrol([syntheticPrint("loop"), syntheticPrint("loop", { dx: 12, turnRad: 0.2 })])
const bytes = codec.encode(template)

test("a template comes back exactly and compares the same", () => {
  const back = codec.decode(bytes)
  assert.deepEqual(back, template)
  assert.deepEqual(codec.encode(back), bytes)
  assert.equal(compare(back, template), compare(template, template))
})

test("every cut is refused", () => {
  const step = Math.max(1, Math.floor(bytes.length / 200))
  for (let n = 0; n < bytes.length; n += n < 40 ? 1 : step) {
    assert.throws(
      () => codec.decode(bytes.subarray(0, n)),
      (e) => hasCode(e, "match/template"),
      `${n} bytes`,
    )
  }
})

test("bytes left over, another version and another magic are refused", () => {
  const longer = new Uint8Array(bytes.length + 1)
  longer.set(bytes)
  for (const wrong of [longer, bytes.with(4, 99), bytes.with(0, 0), bytes.with(5, 0), bytes.with(5, 200)]) {
    assert.throws(
      () => codec.decode(wrong),
      (e) => hasCode(e, "match/template"),
    )
  }
})
