import assert from "node:assert/strict"
import { test } from "node:test"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { minutiaPatches, patchAgreement } from "@sourceprint/match/fingerprint/minutiae/minutia-patches.js"
import { pointsOf } from "@sourceprint/match/fingerprint/minutiae/points.js"
import type { PrintView } from "@sourceprint/match/fingerprint/minutiae/print-view.js"
import { registered } from "@sourceprint/match/fingerprint/minutiae/ridge-registration.js"
import { type SyntheticPrint, syntheticPrint } from "../../../support/synthetic-print.js"

const viewOf = async (finger: string, moved: SyntheticPrint = {}): Promise<PrintView> => {
  const { views } = await minutiaeMatcher.probe(syntheticPrint(finger, moved))
  assert.ok(views[0] !== undefined)
  return views[0]
}
const reference = await viewOf("loop")
const moved = await viewOf("loop", { dx: 12, dy: -7 })
const other = await viewOf("arch")

test("from a seed that is a little off, the probe is moved to where its ridges lie on the reference's", () => {
  const found = registered({ ax: 151, ay: 178, bx: 162, by: 173, turnRad: 0.05 }, reference, moved)
  assert.ok(found !== undefined && found.agreement > 0.6, JSON.stringify(found))
  const { cos, sin, dx, dy } = found.motion
  // the picture's middle came to lie 12 px to the right and 7 px higher
  const [x, y] = [cos * 162 - sin * 153 + dx, sin * 162 + cos * 153 + dy]
  assert.ok(Math.hypot(x - 150, y - 160) < 2, `${x} ${y}`)
})

test("where the ridges around a seed do not agree there is no placement", () => {
  assert.equal(registered({ ax: 150, ay: 160, bx: 150, by: 160, turnRad: 0 }, reference, other), undefined)
})

test("the surroundings of a minutia are most like its own in another touch", () => {
  const [a, b] = [pointsOf(reference), pointsOf(moved)]
  const [patchesA, patchesB] = [minutiaPatches(reference), minutiaPatches(moved)]
  let [own, strange, pairs, others] = [0, 0, 0, 0]
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      const same = Math.hypot(b.x[j] - 12 - a.x[i], b.y[j] + 7 - a.y[i]) < 2 && Math.cos(a.angle[i] - b.angle[j]) > 0.9
      const agreement = patchAgreement(patchesA, i, patchesB, j)
      assert.ok(agreement >= -1 && agreement <= 1)
      if (same) {
        own += agreement
        pairs++
      } else {
        strange += agreement
        others++
      }
    }
  }
  assert.ok(pairs >= 10, `${pairs} pairs`)
  assert.ok(own / pairs > 0.45 && own / pairs > strange / others + 0.3, `${own / pairs} ${strange / others}`)
})
