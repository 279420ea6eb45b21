import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import {
  cellPixels,
  histogramDistance,
  localBinaryHistogram,
} from "@sourceprint/match/face/lbph/local-binary-histogram.js"
import { projectRoot } from "../../support/shared-data.js"

/** The images of the vectors, by formula. */
const formulas: readonly ((x: number, y: number) => number)[] = [
  (x, y) => x * 7 + y * 13 + ((x * y) >> 3),
  (x, y) => x * 7 + y * 13 + ((x * y) >> 3) + ((x * x + 3 * y) % 17),
  (x, y) => ((x * x * 3 + y * y * 5) >> 2) + x,
  () => 128,
]
const imageOf = (kind: number, width: number, height: number): GrayImage => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height }, (_, i) => formulas[kind](i % width, Math.floor(i / width)) & 255),
})

test("distances equal OpenCV's to 1e-4", () => {
  const path = join(projectRoot, "test/vectors/lbph/opencv-distances.json")
  const { distances } = JSON.parse(readFileSync(path, "utf8")) as {
    distances: { width: number; height: number; reference: number; probe: number; distance: number }[]
  }
  assert.equal(distances.length, 48)
  for (const { width, height, reference, probe, distance } of distances) {
    const [a, b] = [reference, probe].map((kind) => localBinaryHistogram(imageOf(kind, width, height)))
    const ours = histogramDistance(a, b, cellPixels(width, height))
    assert.ok(Math.abs(ours - distance) < 1e-4, `${width}x${height} ${reference}/${probe}: ${ours} and ${distance}`)
  }
})

test("too small an image is refused", () => {
  assert.throws(() => localBinaryHistogram(imageOf(0, 9, 40)), RangeError)
})
