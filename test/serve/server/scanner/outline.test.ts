import assert from "node:assert/strict"
import { test } from "node:test"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { decodeBmp, encodeBmp } from "@sourceprint/core/image/bmp.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { MAX_PROGRESS_IMAGE_BYTES } from "@sourceprint/protocol/scanner-progress.js"
import { outlineOf } from "@sourceprint/serve/server/scanner/outline.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"

const grayOf = (bytes: Uint8Array): GrayImage => {
  const { channels, image } = decodeBmp(bytes)
  assert.equal(channels, 1)
  return image as GrayImage
}
const spread = ({ pixels }: GrayImage): number => Math.max(...pixels) - Math.min(...pixels)

test("an outline shows where a finger lies and none of its ridges: it matches nothing, not even itself", async () => {
  const touches = new SyntheticImpressions(5, ScannerSettings.parse({}))
  const [one, two] = [0, 1].map((impression) => lineImage(touches, "ada", "unit-1", 0, impression))
  const matcher = await loadMatcher("fingerprint", "minutiae")
  const whole = matcher.compare(await matcher.enrol([one]), await matcher.probe(two))
  assert.ok(whole >= 6, `the captures themselves match: ${whole}`)
  const outline = outlineOf(encodeBmp(one))
  assert.ok(outline !== undefined && outline.length < MAX_PROGRESS_IMAGE_BYTES)
  const small = grayOf(outline)
  assert.deepEqual([small.width, small.height], [26, 29])
  const enlarged = resize(small, one.width, one.height)
  const scoreOf = async (): Promise<number> => {
    try {
      return matcher.compare(await matcher.enrol([one]), await matcher.probe({ ...one, pixels: enlarged.pixels }))
    } catch (error) {
      if (error instanceof FailureToEnrol) return 0
      throw error
    }
  }
  const score = await scoreOf()
  assert.ok(score < 6 && score < whole / 3, `an outline matches the capture that it was made of: ${score}`)
})

test("ridges of any direction vanish: stripes as far apart as ridges leave a grey", () => {
  for (const periodPx of [7, 8, 9, 10, 11]) {
    for (const angle of [0, 0.5, 1, Math.PI / 2]) {
      const image = { ...grayImage(256, 288), dpi: 500 }
      for (let i = 0; i < image.pixels.length; i++) {
        const along = (i % 256) * Math.cos(angle) + Math.floor(i / 256) * Math.sin(angle)
        image.pixels[i] = 128 + 100 * Math.sin((2 * Math.PI * along) / periodPx)
      }
      const outline = outlineOf(encodeBmp(image))
      assert.ok(outline !== undefined)
      // The border pixels see half a window; inside it less than a tenth of the contrast is left.
      const { width, height, pixels } = grayOf(outline)
      const inner = pixels.filter((_, i) => {
        const [x, y] = [i % width, Math.floor(i / width)]
        return x > 0 && y > 0 && x < width - 1 && y < height - 1
      })
      const left = Math.max(...inner) - Math.min(...inner)
      assert.ok(left < 0.1 * spread(image), `${periodPx} px at ${angle}: ${left}`)
    }
  }
})

test("what is no bitmap has no outline", () => {
  assert.equal(outlineOf(new Uint8Array(0)), undefined)
  assert.equal(outlineOf(Uint8Array.of(0x42, 0x4d, 1, 2, 3)), undefined)
})
