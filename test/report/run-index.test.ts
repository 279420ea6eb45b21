import assert from "node:assert/strict"
import { test } from "node:test"
import { packColumn } from "@sourceprint/report/run-index.js"
import fc from "fast-check"

test("a packed column unpacks to the same values, each distinct one written once", () => {
  const value = fc.option(fc.oneof(fc.integer(), fc.string(), fc.boolean()), { nil: undefined })
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const { distinct, at } = packColumn(values)
      assert.deepEqual(
        at.map((place) => distinct[place]),
        values,
      )
      assert.equal(new Set(distinct.map((one) => JSON.stringify(one))).size, distinct.length)
    }),
    { seed: 12 },
  )
  assert.deepEqual(packColumn([{ value: 1 / 3, low: 0, high: 1 }]).distinct, [{ value: 0.333333, low: 0, high: 1 }])
})
