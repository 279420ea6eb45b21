import assert from "node:assert/strict"
import { test } from "node:test"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { fmrForGallery, gallery, identify, shortlistSize } from "@sourceprint/match/identify.js"
import { syntheticPrint } from "../support/synthetic-print.js"

const { buildIndex: _index, ...withoutIndex } = minutiaeMatcher
const references = await Promise.all(
  Array.from({ length: 24 }, (_, i) => minutiaeMatcher.enrol([syntheticPrint(`finger ${i}`)])),
)
const probe = await minutiaeMatcher.probe(syntheticPrint("finger 17", { turnRad: 2.4, dx: 14, dy: -9 }))

test("the mate comes first, and the index finds it within a short list", () => {
  const ready = gallery(minutiaeMatcher, references)
  const [first, second] = identify(minutiaeMatcher, ready, probe, { shortlist: 3 })
  assert.equal(first.reference, 17)
  assert.ok(first.score > 2 * second.score)
  assert.equal(identify(minutiaeMatcher, ready, probe, { shortlist: 3 }).length, 3)
})

test("a short list as long as the gallery answers like a matcher without an index", () => {
  const plain = identify(withoutIndex, gallery(withoutIndex, references), probe, { count: 24 })
  assert.deepEqual(
    identify(minutiaeMatcher, gallery(minutiaeMatcher, references), probe, { count: 24, shortlist: 24 }),
    plain,
  )
  assert.deepEqual(
    plain.map(({ score }) => score),
    plain.map(({ score }) => score).sort((p, q) => q - p),
  )
})

test("an empty gallery has no candidates", () => {
  assert.deepEqual(identify(minutiaeMatcher, gallery(minutiaeMatcher, []), probe), [])
})

test("the false-match rate of one comparison follows from the gallery's size", () => {
  assert.equal(fmrForGallery(0.01, 1), 0.01)
  assert.ok(Math.abs(1 - (1 - fmrForGallery(0.01, 10_000)) ** 10_000 - 0.01) < 1e-9)
  assert.throws(() => fmrForGallery(0, 10), RangeError)
  assert.throws(() => fmrForGallery(0.1, 0), RangeError)
  assert.deepEqual([10, 200, 3000, 1e6].map(shortlistSize), [10, 200, 300, 1000])
})
