import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { mirroredIndex } from "@sourceprint/core/image/mirror-landmarks.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { cutPatch } from "@sourceprint/match/face/cut-patch.js"
import { findFace } from "@sourceprint/match/face/find-face.js"
import { normalised } from "@sourceprint/match/face/liveness/frame-geometry.js"
import { seenFrom } from "../../support/face-frames.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const skip = withoutData("orl_faces")

test("a patch is the image where it lies, its mirror image, or the mean of what is finer", () => {
  const rng = new Rng("patch")
  const [width, height] = [12, 10]
  const image = { width, height, pixels: Uint8Array.from({ length: width * height }, () => rng.below(256)) }
  const at = (x: number, y: number): number => image.pixels[y * width + x]
  const same = cutPatch(image, 4, { x: 5, y: 6, a: 1, b: 0 })
  const mirrored = cutPatch(image, 4, { x: 5, y: 6, a: 1, b: 0 }, true)
  const halved = cutPatch(image, 4, { x: 6, y: 5, a: 2, b: 0 })
  const turned = cutPatch(image, 4, { x: 5, y: 6, a: 0, b: 1 })
  for (let v = 0; v < 4; v++) {
    for (let u = 0; u < 4; u++) {
      assert.equal(same.pixels[v * 4 + u], at(3 + u, 4 + v))
      assert.equal(mirrored.pixels[v * 4 + 3 - u], at(3 + u, 4 + v))
      assert.equal(turned.pixels[v * 4 + u], at(6 - v, 4 + u)) // a quarter turn
      const [x, y] = [2 + 2 * u, 1 + 2 * v]
      const mean = (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4
      assert.ok(Math.abs(halved.pixels[v * 4 + u] - mean) <= 0.5)
    }
  }
  const beside = cutPatch(image, 2, { x: -50, y: -50, a: 1, b: 0 })
  assert.deepEqual([...beside.pixels], Array(4).fill(at(0, 0)))
  const colours = { width: 1, height: 1, pixels: Uint8Array.of(1, 2, 3) }
  assert.deepEqual([...cutPatch(colours, 1, { x: 0.5, y: 0.5, a: 1, b: 0 }).pixels], [1, 2, 3])
})

test("points change places with those across the face, twice is none, and the middle stays", () => {
  assert.deepEqual(
    mirroredIndex.map((i) => mirroredIndex[i]),
    mirroredIndex.map((_, i) => i),
  )
  for (const middle of [8, 27, 28, 29, 30, 33, 51, 57, 62, 66]) assert.equal(mirroredIndex[middle], middle)
  for (const [a, b] of [
    [0, 16],
    [17, 26],
    [31, 35],
    [36, 45],
    [39, 42],
    [41, 46],
    [48, 54],
    [59, 55],
    [60, 64],
    [67, 65],
  ]) {
    assert.equal(mirroredIndex[a], b)
  }
})

test("a mirrored picture has the mirrored landmarks, and size shakes them little", { skip }, async () => {
  const image = await readGrayImage(join(sharedData("orl_faces") ?? "", "s1", "2.pgm"))
  const flipped: GrayImage = {
    ...image,
    pixels: image.pixels.map((_, i) => image.pixels[i - (i % image.width) + image.width - 1 - (i % image.width)]),
  }
  const yawOf = async (picture: GrayImage): Promise<number> => normalised(await findFace(picture))[30].x
  const yaw = await yawOf(image)
  assert.ok(Math.abs(yaw) > 0.15, "the head is turned")
  assert.ok(Math.abs(yaw + (await yawOf(flipped))) < 0.02)
  for (const scale of [0.85, 1.2]) assert.ok(Math.abs(yaw - (await yawOf(seenFrom(image, scale)))) < 0.025)
})
