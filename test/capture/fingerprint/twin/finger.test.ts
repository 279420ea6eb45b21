import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { type Finger, growFinger } from "@sourceprint/capture/fingerprint/twin/finger.js"
import { patternClasses } from "@sourceprint/capture/fingerprint/twin/finger-plan.js"
import { countMinutiae } from "../../../support/count-minutiae.js"
import { ridgePeriodByCrossings } from "../../../support/ridge-crossings.js"

const hashOf = ({ relief }: Finger): string => createHash("sha256").update(new Uint8Array(relief.buffer)).digest("hex")

const fingers = patternClasses.map((pattern, i) => growFinger(5, `person-${i}/index`, pattern))

test("same seed and name, same bytes: the hash is part of the promise", () => {
  assert.equal(hashOf(growFinger(5, "person-2/index", "left-loop")), hashOf(fingers[2]))
  assert.equal(hashOf(fingers[2]), "c5b4da1653deedf62bf607a0bbe54247365fc7d2c9ad85ecaedcd3d0635fdfc0")
  assert.equal(new Set(fingers.map(hashOf)).size, fingers.length)
})

test("ridges are as far apart as in people: 0.38-0.56 mm", () => {
  for (const finger of fingers) {
    const measured = ridgePeriodByCrossings(finger)
    assert.ok(measured > 7.4 && measured < 11, `${finger.plan.pattern}: ${measured} px`)
    assert.ok(
      Math.abs(measured / finger.plan.ridgePeriodPx - 1) < 0.12,
      `${finger.plan.pattern}: ${measured} px for a plan of ${finger.plan.ridgePeriodPx}`,
    )
  }
})

test("minutiae are as dense as in people: 0.1-0.5 a square millimetre", () => {
  for (const finger of fingers) {
    const { minutiae, areaMm2 } = countMinutiae(finger)
    const density = minutiae / areaMm2
    assert.ok(density > 0.1 && density < 0.5, `${finger.plan.pattern}: ${minutiae} on ${areaMm2} mm2`)
  }
})
