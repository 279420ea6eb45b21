import assert from "node:assert/strict"
import { test } from "node:test"
import { crop } from "@sourceprint/core/image/crop.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { collectingTrace } from "@sourceprint/core/trace.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { syntheticPrint } from "../../../support/synthetic-print.js"

const painted = (grey: (x: number, y: number) => number): GrayImage => {
  const image = grayImage(300, 320)
  for (let i = 0; i < image.pixels.length; i++) {
    image.pixels[i] = Math.max(0, Math.min(255, grey(i % 300, Math.floor(i / 300))))
  }
  return image
}
const rng = new Rng("other pictures")
const others: readonly (readonly [string, GrayImage])[] = [
  ["white noise", painted(() => 128 + 50 * rng.normal())],
  ["stripes as far apart as ridges", painted((x) => 128 + 60 * Math.cos((2 * Math.PI * x) / 9) + 5 * rng.normal())],
  ["tiles", painted((x, y) => (((x >> 3) + (y >> 3)) % 2 === 0 ? 60 : 200) + 5 * rng.normal())],
  [
    "rings",
    painted((x, y) => 128 + 60 * Math.cos((2 * Math.PI * Math.hypot(x - 150, y - 160)) / 14) + 5 * rng.normal()),
  ],
]

/** Quality, or undefined for a failure to enrol. */
async function qualityOf(image: GrayImage): Promise<number | undefined> {
  try {
    return minutiaeMatcher.quality(await minutiaeMatcher.enrol([image]))
  } catch (error) {
    assert.ok(error instanceof FailureToEnrol)
    return undefined
  }
}

for (const [name, image] of others) {
  test(`${name}: refused, or enrolled with a quality of at most 20`, async () => {
    assert.ok(((await qualityOf(image)) ?? 0) <= 20)
  })
}

test("prints, pieces of prints and noisy prints are enrolled, with the signs that say so", async () => {
  for (const finger of ["loop", "whorl", "arch"]) {
    for (const noise of [5, 60]) {
      const print = syntheticPrint(finger, { noise })
      for (const image of [print, crop(print, 90, 100, 128, 128)]) {
        const trace = collectingTrace()
        await minutiaeMatcher.enrol([image], trace)
        const { logOdds, purity, coherence } = trace.entries.get("print") as Record<string, number>
        assert.ok(
          logOdds > -2 && purity > 0 && purity <= 1 && coherence <= 1,
          JSON.stringify({ finger, noise, logOdds }),
        )
      }
    }
  }
})
