import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { collectingTrace } from "@sourceprint/core/trace.js"
import { orbHarrisMatcher, scoreOfDistance } from "@sourceprint/match/fingerprint/orb-harris/orb-harris.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { ridgeImage } from "../../../support/ridge-image.js"

const matcher = await orbHarrisMatcher()
const [a, b] = await Promise.all([ridgeImage(1), ridgeImage(2)].map((image) => matcher.probe(image)))

/** The definition: mean over mutual nearest neighbours (first of equals) of the number of differing bits. */
function slowMeanDistance(left: Uint8Array, right: Uint8Array): number {
  const rows = (bytes: Uint8Array) =>
    Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32))
  const bits = (x: Uint8Array, y: Uint8Array) =>
    x.reduce((sum, byte, i) => sum + (byte ^ y[i]).toString(2).replaceAll("0", "").length, 0)
  const nearest = (from: Uint8Array, to: Uint8Array[]) => {
    const distances = to.map((row) => bits(from, row))
    return distances.indexOf(Math.min(...distances))
  }
  const [l, r] = [rows(left), rows(right)]
  const distances = l.flatMap((row, i) => {
    const j = nearest(row, r)
    return nearest(r[j], l) === i ? [bits(row, r[j])] : []
  })
  return distances.reduce((x, y) => x + y, 0) / distances.length
}

test("the score is 256 minus the mean distance of mutual nearest descriptors", () => {
  assert.ok(a.descriptors.length > 32 * 5 && b.descriptors.length > 32 * 5)
  const expected = scoreOfDistance(slowMeanDistance(a.descriptors, b.descriptors))
  assert.ok(Math.abs(matcher.compare(a, b) - expected) < 1e-3)
  assert.ok(Math.abs(matcher.compare(b, a) - matcher.compare(a, b)) < 1e-3)
})

test("a print is most like itself", () => {
  assert.equal(matcher.compare(a, a), 256)
  assert.ok(matcher.compare(a, b) < 256)
})

test("no keypoints score 0, one keypoint is compared", () => {
  const none = { descriptors: new Uint8Array(0) }
  const one = { descriptors: a.descriptors.slice(0, 32) }
  assert.equal(matcher.compare(none, a), 0)
  assert.equal(matcher.compare(a, none), 0)
  assert.equal(matcher.compare(one, one), 256)
})

test("templates round trip and damaged ones are refused", () => {
  const bytes = matcher.codec.encode(a)
  assert.deepEqual(matcher.codec.decode(bytes), a)
  for (const bad of [bytes.subarray(1), bytes.subarray(0, bytes.length - 1), new Uint8Array(0), bytes.with(0, 2)]) {
    assert.throws(
      () => matcher.codec.decode(bad),
      (e) => hasCode(e, "match/template"),
    )
  }
})

test("what is no fingerprint fails to enrol with its reason", async () => {
  const reasonOf = (image: Parameters<typeof matcher.probe>[0]) =>
    matcher.probe(image).then(
      () => "enrolled",
      (e) => (e instanceof FailureToEnrol ? e.reason : String(e)),
    )
  assert.equal(await reasonOf(grayImage(16, 16, 90)), "too-small")
  assert.equal(await reasonOf(grayImage(4000, 4000, 90)), "too-large")
  assert.equal(await reasonOf(grayImage(200, 200, 90)), "no-fingerprint")
})

test("the discarded skeleton gives other corners, and the stages are traced", async () => {
  const trace = collectingTrace()
  await matcher.probe(ridgeImage(1), trace)
  assert.deepEqual([...trace.entries.keys()], ["enhanced", "skeleton", "keypoints"])
  const original = await orbHarrisMatcher({ discardSkeleton: true })
  const template = await original.probe(ridgeImage(1))
  assert.notDeepEqual(template, a)
})
