import assert from "node:assert/strict"
import { test } from "node:test"
import { correlationMatcher as matcher } from "@sourceprint/capture/fingerprint/twin/device/correlation-matcher.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { ridgePattern } from "../../../../support/ridge-pattern.js"

const template = (levels: Uint8Array): Uint8Array => {
  const made = matcher.extract(levels, 256, 288)
  assert.ok(made !== undefined)
  return made
}

test("a template fits the device; an empty platen gives none; foreign bytes match nothing", () => {
  assert.equal(template(ridgePattern(1)).length, 512)
  assert.equal(matcher.extract(new Uint8Array(256 * 288).fill(15), 256, 288), undefined)
  assert.equal(matcher.compare(new Uint8Array(512), template(ridgePattern(1))), 0)
  assert.equal(matcher.compare(new Uint8Array(3), template(ridgePattern(1))), 0)
})

test("the same pattern moved is accepted at every level, other patterns at none", () => {
  const enrolled = template(ridgePattern(1))
  assert.ok(matcher.compare(enrolled, enrolled) > 400)
  for (const shift of [-16, 8, 20]) {
    assert.ok(matcher.compare(enrolled, template(ridgePattern(1, shift))) >= matcher.threshold(5), `moved ${shift}`)
  }
  for (let other = 2; other < 12; other++) {
    assert.ok(matcher.compare(enrolled, template(ridgePattern(other))) < matcher.threshold(1), `pattern ${other}`)
  }
})

test("touches of one finger combine, of different fingers not (simulated, world 13: none of the tuned ones)", () => {
  const touches = new SyntheticImpressions(13, ScannerSettings.parse({ seed: 13 }))
  const fingers = [0, 1, 2, 3].map((person) =>
    [0, 1, 2].map((impression) => {
      const finger = `p0${person}/right-index`
      return template(touches.impression({ finger, unit: "unit-01", session: 0, impression }).nibbles)
    }),
  )
  const combines = (a: Uint8Array, b: Uint8Array): boolean => matcher.compare(a, b) >= matcher.combiningThreshold
  const genuine = fingers.flatMap(([a, b, c]) => [combines(a, b), combines(a, c), combines(b, c)])
  assert.ok(genuine.filter(Boolean).length >= 10, `${genuine.filter(Boolean).length} of 12 combine`)
  const others = fingers.slice(1).map(([touch]) => combines(fingers[0][0], touch))
  assert.deepEqual(others, [false, false, false])
})
