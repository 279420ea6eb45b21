import assert from "node:assert/strict"
import { test } from "node:test"
import { flatSettings } from "@sourceprint/train/report/flat-settings.js"

test("nested settings become one level of keys", () => {
  assert.deepEqual(flatSettings({ a: { b: 1, c: [1, 2] }, d: [{ e: true }], f: undefined, g: null, h: [] }), {
    "a.b": 1,
    "a.c": "1, 2",
    "d[0].e": true,
    h: "none",
  })
})
