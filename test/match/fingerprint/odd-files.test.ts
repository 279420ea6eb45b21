import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const odd = (name: string): Promise<Awaited<ReturnType<typeof readGrayImage>>> =>
  readGrayImage(join(sharedData("odd") ?? "", name))
const real = (name: string) => readGrayImage(join(sharedData("fvc2002") ?? "", name))
const compared = async (a: string, b: string): Promise<number> =>
  minutiaeMatcher.compare(await minutiaeMatcher.probe(await odd(a)), await minutiaeMatcher.probe(await odd(b)))

test("files with a program's tag, depth or size match as their originals do", {
  skip: withoutData("odd"),
}, async () => {
  for (const [a, b] of [
    ["pillow-a.bmp", "pillow-b.bmp"],
    ["pillow-192.bmp", "pillow-b.bmp"],
    ["tag72.bmp", "pillow-b.bmp"],
    ["float.tif", "pillow-b.bmp"],
    ["12-in-16.tif", "pillow-b.bmp"],
    ["twice-as-large.png", "pillow-a.bmp"],
  ] as const) {
    const score = await compared(a, b)
    assert.ok(score > 8, `${a} and ${b}: ${score}`)
  }
})

// Periods of 7.3 to 9.1 px, which are measured at twice the size as 14.1 to 15.
for (const name of ["DB1_B/104_2", "DB1_B/107_3", "DB3_B/101_1", "DB3_B/107_3", "DB4_B/101_1", "DB4_B/107_3"]) {
  test(`fvc2002/${name} at twice its size and untagged matches itself`, { skip: withoutData("fvc2002") }, async () => {
    const image = await real(`${name}.tif`)
    const large = await minutiaeMatcher.probe(resize(image, image.width * 2, image.height * 2))
    const score = minutiaeMatcher.compare(await minutiaeMatcher.probe(image), large)
    assert.ok(score > 15, `${score}`)
  })
}

test("a face that lies on its side by its orientation tag is upright", { skip: withoutData("odd") }, async () => {
  const [lying, upright] = [await odd("face-exif6.jpg"), await odd("face-upright.jpg")]
  assert.deepEqual([lying.width, lying.height], [upright.width, upright.height])
  const gap = lying.pixels.reduce((sum, value, i) => sum + Math.abs(value - (upright.pixels[i] ?? 0)), 0)
  assert.ok(gap / lying.pixels.length < 3, `${gap / lying.pixels.length} grey levels`)
})
