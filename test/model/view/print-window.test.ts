import assert from "node:assert/strict"
import { test } from "node:test"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { regionOf } from "@sourceprint/model/view/patches.js"
import { printCentre, windowAround } from "@sourceprint/model/view/print-window.js"
import fc from "fast-check"

/** White paper with a square of stripes, `side` large, its corner at (left, top). */
function striped(width: number, height: number, left: number, top: number, side: number): GrayImage {
  const image = grayImage(width, height, 250)
  for (let y = top; y < top + side; y++)
    for (let x = left; x < left + side; x++) image.pixels[y * width + x] = x % 8 < 4 ? 40 : 200
  return image
}

test("the window follows the print, wherever it lies in whichever frame", () => {
  const view = { kind: "common-window", sidePx: 128 } as const
  const small = regionOf(striped(256, 256, 64, 64, 128), view)
  const large = regionOf(striped(480, 560, 240, 320, 128), view)
  assert.deepEqual(small.pixels, large.pixels)
})

test("a far mark does not pull the window away", () => {
  const image = striped(512, 512, 32, 64, 128)
  for (let y = 480; y < 512; y++)
    for (let x = 480; x < 512; x++) image.pixels[y * 512 + x] = (x + y) % 2 === 0 ? 0 : 255
  const { x, y } = printCentre(image, 128)
  assert.ok(Math.hypot(x - 96, y - 128) < 8, `centre at ${x}, ${y}`)
})

test("any image gives a full window of its own grey values; a flat one its middle", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), fc.nat(), (w, h, seed) => {
      const rng = new Rng(seed)
      const image = {
        width: w,
        height: h,
        pixels: Uint8Array.from({ length: w * h }, () => rng.below(256)),
      }
      const window = regionOf(image, { kind: "common-window", sidePx: 64 })
      assert.equal(window.pixels.length, 64 * 64)
      const known = new Set(image.pixels)
      assert.ok(window.pixels.every((grey) => known.has(grey)))
    }),
    { numRuns: 60 },
  )
  assert.deepEqual(printCentre(grayImage(30, 50, 9), 64), { x: 15, y: 25 })
})

test("an image smaller than the window is mirrored, by hand", () => {
  const row = { width: 3, height: 1, pixels: Uint8Array.of(1, 2, 3) }
  const window = windowAround(row, { x: 1.5, y: 0.5 }, 7)
  assert.deepEqual([...window.pixels.subarray(0, 7)], [3, 2, 1, 2, 3, 2, 1])
})
