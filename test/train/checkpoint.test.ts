import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { decodeCheckpoint, encodeCheckpoint } from "@sourceprint/train/checkpoint.js"
import fc from "fast-check"

const floats = fc.float32Array({ maxLength: 20 })

test("every bit comes back, NaN and -0 too", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((name) => name !== "__proto__"),
        fc.array(floats, { maxLength: 4 }),
        { maxKeys: 4, noNullPrototype: true },
      ),
      fc.jsonValue(),
      (arrays, state) => {
        const plain = JSON.parse(JSON.stringify(state))
        // Buffers are what files are read into, and they share their memory.
        assert.deepEqual(decodeCheckpoint(Buffer.from(encodeCheckpoint({ state: plain, arrays })), "c"), {
          state: plain,
          arrays,
        })
      },
    ),
  )
})

test("every truncation and a flipped bit are refused", () => {
  const bytes = encodeCheckpoint({ state: { epoch: 3 }, arrays: { weights: [Float32Array.of(1, 2)] } })
  const refused = (e: unknown): boolean => hasCode(e, "checkpoint/damaged")
  for (let n = 0; n < bytes.length; n++) assert.throws(() => decodeCheckpoint(bytes.subarray(0, n), "c"), refused)
  for (let i = 0; i < bytes.length; i += 7) {
    assert.throws(() => decodeCheckpoint(bytes.with(i, bytes[i] ^ 1), "c"), refused)
  }
})
