import assert from "node:assert/strict"
import { test } from "node:test"
import { grayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { extract } from "@sourceprint/match/fingerprint/minutiae/extract.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { orientationAt } from "@sourceprint/match/fingerprint/minutiae/orientation-field.js"
import { cellPx } from "@sourceprint/match/fingerprint/minutiae/parameters.js"
import { syntheticPrint } from "../../../support/synthetic-print.js"

test("ridges of known direction and period are measured", () => {
  for (const angle of [0.2, 1.1, 2.5]) {
    for (const periodPx of [7, 9, 12]) {
      const image = grayImage(240, 240)
      for (let i = 0; i < image.pixels.length; i++) {
        const across = -(i % 240) * Math.sin(angle) + Math.floor(i / 240) * Math.cos(angle)
        // one dislocation a corner, so that there are minutiae to find
        const x = i % 240
        const y = Math.floor(i / 240)
        const spirals = [
          [60, 60],
          [180, 60],
          [60, 180],
          [180, 180],
          [120, 90],
          [90, 150],
        ].reduce((sum, [sx, sy]) => sum + Math.atan2(y - sy, x - sx), 0)
        image.pixels[i] = 128 + 90 * Math.cos((2 * Math.PI * across) / periodPx + spirals)
      }
      const { field, period } = extract(image)
      const cell = Math.floor(215 / cellPx) * field.cos.width + Math.floor(120 / cellPx)
      const gap = Math.abs(Math.sin(orientationAt(field, cell) - angle))
      assert.ok(gap < 0.12, `angle ${angle}, period ${periodPx}: off by ${gap}`)
      assert.ok(Math.abs(period.medianPx / periodPx - 1) < 0.08, `period ${periodPx}: ${period.medianPx}`)
    }
  }
})

test("an image at another stated resolution matches the one at 500 dpi", async () => {
  const reference = await minutiaeMatcher.enrol([syntheticPrint("loop")])
  const fine = { ...resize(syntheticPrint("loop", { dx: 10 }), 600, 640), dpi: 1000 }
  const other = await minutiaeMatcher.enrol([syntheticPrint("whorl")])
  const score = minutiaeMatcher.compare(reference, await minutiaeMatcher.probe(fine))
  assert.ok(score > 5 && score > 3 * minutiaeMatcher.compare(reference, other), `${score}`)
})

test("an image that is plainly not at 500 dpi and does not say so is brought there by its ridges", async () => {
  const reference = await minutiaeMatcher.enrol([syntheticPrint("loop")])
  const unsaid = resize(syntheticPrint("loop", { dx: 10 }), 600, 640)
  const score = minutiaeMatcher.compare(reference, await minutiaeMatcher.probe(unsaid))
  assert.ok(score > 5, `${score}`)
})

test("a clear print has a higher quality than a noisy one and a small one", async () => {
  const qualityOf = async (options: object): Promise<number> =>
    minutiaeMatcher.quality(await minutiaeMatcher.enrol([syntheticPrint("loop", options)]))
  const clear = await qualityOf({ noise: 5 })
  assert.ok(clear > (await qualityOf({ noise: 90 })) && clear > (await qualityOf({ dx: 130 })))
})
