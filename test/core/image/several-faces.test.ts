import assert from "node:assert/strict"
import { test } from "node:test"
import { type FaceBox, showSeveralFaces } from "@sourceprint/core/image/several-faces.js"

const box = (x: number, side: number, score: number): FaceBox => ({ x, y: 0, width: side, height: side, score })

test("boxes of one face are one face, a second one counts by its size and its score", () => {
  assert.equal(showSeveralFaces([]), false)
  assert.equal(showSeveralFaces([box(0, 100, 0.9)]), false)
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(10, 90, 0.8), box(-10, 130, 0.5)]), false)
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(120, 100, 0.35)]), true)
  assert.equal(showSeveralFaces([box(0, 100, 0.35), box(120, 50, 0.9)]), true, "whichever scores higher")
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(120, 50, 0.35)]), true, "a quarter of the area")
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(120, 100, 0.25)]), false, "hardly a face")
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(120, 25, 0.4)]), false, "small and hardly a face")
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(65, 100, 0.4)]), false, "weak and partly of the same face")
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(65, 100, 0.8)]), true, "clear, cheek to cheek")
  assert.equal(showSeveralFaces([box(0, 100, 0.9), box(120, 25, 0.7)]), true, "small and clearly a face")
})
