import assert from "node:assert/strict"
import { test } from "node:test"
import { whole } from "@sourceprint/protocol/codec.js"
import {
  faceBundle,
  faceBundleBytes,
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
      const bytes = faceBundleBytes.encode(all)
      assert.deepEqual(faceBundleBytes.decode(bytes), all)
      assert.equal(faceBundleBytes.decode(bytes.subarray(0, -1)), undefined)
      assert.equal(faceBundleBytes.decode(Uint8Array.of(...bytes, 0)), undefined)
    }),
    { numRuns: 50 },
  )
})

test("no frame, too many, empty ones, times that stand still and lying lengths are malformed", () => {
  const one = { offsetMs: 5, image: Uint8Array.of(1) }
  assert.throws(() => faceBundleBytes.encode([]), RangeError)
  assert.throws(() => faceBundleBytes.encode(Array(MAX_FACE_FRAMES + 1).fill(one)), RangeError)
  assert.throws(
    () => whole(faceBundle).encode([{ offsetMs: 0, image: new Uint8Array(MAX_FACE_BUNDLE_BYTES) }]),
    RangeError,
  )
  for (const wrong of [[one, one], [{ offsetMs: 0, image: new Uint8Array(0) }]]) {
    assert.throws(() => faceBundleBytes.encode(wrong), RangeError)
  }
  const frame = [0, 0, 0, 5, 0, 0, 0, 1, 1]
  assert.deepEqual(faceBundleBytes.decode(Uint8Array.of(1, ...frame)), [one])
  assert.equal(faceBundleBytes.decode(Uint8Array.of(2, ...frame, ...frame)), undefined)
  assert.equal(faceBundleBytes.decode(Uint8Array.of(1, 0, 0, 0, 5, 0, 0, 0, 0)), undefined)
  for (const bytes of [[], [0], [1], [200, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]]) {
    assert.equal(faceBundleBytes.decode(Uint8Array.from(bytes)), undefined)
  }
})
