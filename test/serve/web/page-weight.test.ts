import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../../bench/prove/claim.js"
import { weight } from "../../../bench/prove/pages/weight.js"
import { withoutChromium } from "../../support/chromium.js"

test("the first load of a page is at most 100 kB, compressed", { skip: withoutChromium }, async () => {
  const figures = await weight(() => {})
  assert.equal(figures.length, 3)
  assert.deepEqual(
    figures.filter((figure) => !holds(figure)),
    [],
  )
})
