import assert from "node:assert/strict"
import { test } from "node:test"
import { frameQuality, isGoodFrame } from "@sourceprint/serve/web/face/frame-quality.js"

test("a frame with a second person is no good frame, whichever pass saw them", () => {
  const landmarks = new Float32Array(136).fill(100)
  for (let i = 42; i < 48; i++) landmarks[2 * i] = 150
  const face = { box: { x: 60, y: 60, width: 130, height: 130 }, score: 0.9, landmarks }
  const light = { mean: 120, balance: 0.9, detail: 5 }
  assert.ok(isGoodFrame(frameQuality({ faces: [face], several: false, light })))
  for (const faces of [[face], [face, face], []]) {
    const meters = frameQuality({ faces, several: true, light })
    assert.ok(!isGoodFrame(meters))
    assert.match(meters[0]?.words ?? "", /More than one face/)
  }
})
