import assert from "node:assert/strict"
import { test } from "node:test"
import { imagePreview } from "@sourceprint/capture/session/preview.js"
import { grayImage } from "@sourceprint/core/image/gray-image.js"

test("black above white, in colours and in characters", () => {
  const image = grayImage(8, 16, 255)
  image.pixels.fill(0, 0, 64)
  const plain = imagePreview(image, 4, false).split("\n")
  assert.deepEqual(plain, ["████", "████", "    ", "    "])
  const colour = imagePreview(image, 4, true).split("\n")
  assert.equal(colour.length, 4)
  assert.ok(
    colour[0].startsWith("\u001b[38;5;232;48;5;232m▀") && colour[3].endsWith("\u001b[38;5;255;48;5;255m▀\u001b[0m"),
  )
})
