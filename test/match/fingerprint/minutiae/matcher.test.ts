import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { collectingTrace } from "@sourceprint/core/trace.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { syntheticPrint } from "../../../support/synthetic-print.js"

const { enrol, probe, compare } = minutiaeMatcher
const fingers = ["arch", "loop", "whorl", "tent"]
const references = await Promise.all(fingers.map((finger) => enrol([syntheticPrint(finger)])))

test("the same simulated finger turned and shifted scores above every other finger", async () => {
  for (const [k, finger] of fingers.entries()) {
    for (const turnRad of [0.3, 1.7, 3.1, -2.2]) {
      const moved = await probe(syntheticPrint(finger, { turnRad, dx: 9, dy: -7 }))
      const scores = references.map((reference) => compare(reference, moved))
      const others = scores.filter((_, i) => i !== k)
      assert.ok(scores[k] > 2 * Math.max(...others) && scores[k] > 5, `${finger} at ${turnRad}: ${scores.join(" ")}`)
    }
  }
})

test("the score does not depend on which print is the reference", async () => {
  const probes = await Promise.all(fingers.map((finger) => probe(syntheticPrint(finger, { turnRad: 0.2, dx: 20 }))))
  for (const reference of references) {
    for (const other of probes) assert.equal(compare(reference, other), compare(other, reference))
  }
})

test("no print is more like a reference than the reference itself", async () => {
  const near = await probe(syntheticPrint("loop", { dx: 1 }))
  for (const reference of references) {
    const self = compare(reference, reference)
    for (const other of [...references, near]) assert.ok(compare(reference, other) <= self)
  }
})

test("several images become several views, and the best one counts", async () => {
  const left = syntheticPrint("loop", { dx: -40 })
  const right = syntheticPrint("loop", { dx: 40 })
  const both = await enrol([left, grayImage(200, 200, 255), right])
  assert.equal(both.views.length, 2)
  const moved = await probe(syntheticPrint("loop", { dx: 45, turnRad: 0.1 }))
  const single = await Promise.all([enrol([left]), enrol([right])])
  assert.equal(compare(both, moved), Math.max(...single.map((reference) => compare(reference, moved))))
})

test("every stage is traced", async () => {
  const trace = collectingTrace()
  const reference = await enrol([syntheticPrint("loop")], trace)
  compare(reference, reference, trace)
  for (const key of ["orientation", "frequency", "mask", "enhanced", "skeleton", "minutiae", "pairing"]) {
    assert.ok(trace.entries.has(key), key)
  }
  const pairs = trace.entries.get("pairing") as readonly (readonly [number, number])[]
  assert.ok(pairs.length > 10 && pairs.every(([a, b]) => a === b))
})

const noise = (width: number, height: number): GrayImage => {
  const image = grayImage(width, height)
  const rng = new Rng("noise")
  for (let i = 0; i < image.pixels.length; i++) image.pixels[i] = rng.below(256)
  return image
}

const hostile: readonly (readonly [string, GrayImage, string])[] = [
  ["blank white", grayImage(300, 300, 255), "no-contrast"],
  ["blank black", grayImage(300, 300, 0), "no-contrast"],
  ["16 × 16", grayImage(16, 16, 128), "too-small"],
  ["1 × 1", grayImage(1, 1, 128), "too-small"],
  ["4000 × 4000", noise(4000, 4000), "too-large"],
  ["a strip", grayImage(1000, 20, 128), "too-small"],
  ["at an absurd resolution", { ...grayImage(300, 300), dpi: 1e9 }, "too-small"],
]
for (const [name, image, reason] of hostile) {
  test(`no template from ${name}`, async () => {
    await assert.rejects(
      enrol([image]),
      (e) => hasCode(e, "match/failure-to-enrol") && (e as FailureToEnrol).reason === reason,
    )
  })
}

test("no template from noise", async () => {
  await assert.rejects(enrol([noise(388, 374)]), (e) => hasCode(e, "match/failure-to-enrol"))
})
