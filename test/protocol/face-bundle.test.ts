import assert from "node:assert/strict"
import { test } from "node:test"
import {
  decodeFaceBundle,
  encodeFaceBundle,
  MAX_FACE_BUNDLE_BYTES,
  MAX_FACE_FRAMES,
} from "@sourceprint/protocol/face-bundle.js"
import fc from "fast-check"

const image = fc.uint8Array({ minLength: 1, maxLength: 50 })
const frames = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 1000 }), image }), {
    minLength: 1,
    maxLength: MAX_FACE_FRAMES,
  })
  .map((steps) => {
    let offsetMs = 0
    return steps.map((frame) => {
      offsetMs += frame.step
      return { offsetMs, image: frame.image }
    })
  })

test("frames survive; every cut and every byte too many is malformed", () => {
  fc.assert(
    fc.property(frames, (all) => {
      const bytes = encodeFaceBundle(all)
      assert.deepEqual(decodeFaceBundle(bytes), all)
      assert.equal(decodeFaceBundle(bytes.subarray(0, -1)), undefined)
      assert.equal(decodeFaceBundle(Uint8Array.of(...bytes, 0)), undefined)
    }),
    { numRuns: 50 },
  )
})

test("no frame, too many, empty ones, times that stand still and lying lengths are malformed", () => {
  const one = { offsetMs: 5, image: Uint8Array.of(1) }
  assert.throws(() => encodeFaceBundle([]), RangeError)
  assert.throws(() => encodeFaceBundle(Array(MAX_FACE_FRAMES + 1).fill(one)), RangeError)
  assert.throws(
    () => encodeFaceBundle([{ offsetMs: 0, image: new Uint8Array(MAX_FACE_BUNDLE_BYTES) }]),
    RangeError,
  )
  assert.equal(decodeFaceBundle(encodeFaceBundle([one, one])), undefined)
  assert.equal(decodeFaceBundle(encodeFaceBundle([{ offsetMs: 0, image: new Uint8Array(0) }])), undefined)
  for (const bytes of [[], [0], [1], [200, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]]) {
    assert.equal(decodeFaceBundle(Uint8Array.from(bytes)), undefined)
  }
})
