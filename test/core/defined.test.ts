import assert from "node:assert/strict"
import { test } from "node:test"
import { defined } from "@sourceprint/core/defined.js"

test("gives back what is there, also what is empty, and refuses what is missing", () => {
  for (const value of [0, "", false, null]) assert.equal(defined(value), value)
  assert.throws(() => defined([1][1], "second item"), new RangeError("a second item is missing"))
})
