import assert from "node:assert/strict"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { Rng } from "@sourceprint/core/rng.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { movedPicture } from "../../../support/moved-picture.js"

const touches = new SyntheticImpressions(4, ScannerSettings.parse({ seed: 4 }))
const at = (finger: string, impression: number, unit = "unit-1") =>
  touches.impression({ finger, unit, session: 0, impression }).image
const { duplicateTest: copies } = minutiaeMatcher
if (copies === undefined) throw new Error("the matcher tells no copies")

test("two touches of a finger are stretched against each other, a picture of one of them is not", async () => {
  const [first, second] = [at("one", 0), at("one", 1)]
  const [a, b] = [await minutiaeMatcher.probe(first), await minutiaeMatcher.probe(second)]
  const moved = await minutiaeMatcher.probe(movedPicture(first, new Rng(3)))
  const touched = copies.distortionPx(a, b)
  const shown = copies.distortionPx(a, moved)
  assert.ok(touched !== undefined && touched >= copies.boundPx, `two touches: ${touched}`)
  assert.ok(shown !== undefined && shown < copies.boundPx, `a picture: ${shown}`)
  assert.ok((copies.distortionPx(a, a) ?? 1) < 0.1)
})

test("the picture of any enrolled touch is known again, in whichever order it is asked", async () => {
  const images = [at("one", 2), at("one", 3), at("one", 4)]
  const reference = minutiaeMatcher.codec.decode(minutiaeMatcher.codec.encode(await minutiaeMatcher.enrol(images)))
  for (const image of images) {
    const moved = await minutiaeMatcher.probe(movedPicture(image, new Rng(5)))
    for (const found of [copies.distortionPx(reference, moved), copies.distortionPx(moved, reference)]) {
      assert.ok(found !== undefined && found < copies.boundPx, `${found}`)
    }
  }
})

test("a flat print pressed twice is one picture, whatever pressed it; other fingers are not copies", async () => {
  const source = at("one", 9, "unit-2")
  for (const kind of ["laser", "film"] as const) {
    const [a, b] = await Promise.all(
      [0, 1].map((impression) =>
        minutiaeMatcher.probe(
          touches.artefact(source, kind, { finger: "one", unit: "unit-1", session: 0, impression }).image,
        ),
      ),
    )
    const found = copies.distortionPx(a, b)
    assert.ok(found !== undefined && found < copies.boundPx, `${kind}: ${found}`)
  }
  const other = copies.distortionPx(await minutiaeMatcher.probe(source), await minutiaeMatcher.probe(at("two", 0)))
  assert.ok(other === undefined || other >= copies.boundPx)
})
