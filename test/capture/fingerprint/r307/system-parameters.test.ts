import assert from "node:assert/strict"
import { test } from "node:test"
import { BAUD_STEP, PACKET_SIZES_BYTES } from "@sourceprint/capture/fingerprint/r307/constants.js"
import {
  encodeSystemParameters,
  parseSystemParameters,
} from "@sourceprint/capture/fingerprint/r307/system-parameters.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import fc from "fast-check"

// Status 4, system 9, 1000 templates, level 3, address ffffffff, size code 2 (128), baud 6 (57600): by hand.
const FACTORY = Uint8Array.from(Buffer.from("0004000903e80003ffffffff00020006", "hex"))

test("the factory's settings, by hand", () => {
  assert.deepEqual(parseSystemParameters(FACTORY), {
    status: 4,
    systemId: 9,
    librarySize: 1000,
    securityLevel: 3,
    address: 0xffffffff,
    packetSizeBytes: 128,
    baud: 57600,
  })
})

test("what is written is read, wherever it lies in its buffer", () => {
  const u16 = fc.integer({ min: 0, max: 0xffff })
  const settings = fc.record(
    {
      status: u16,
      systemId: u16,
      librarySize: u16,
      securityLevel: u16,
      address: fc.integer({ min: 0, max: 0xffffffff }),
      packetSizeBytes: fc.constantFrom(...PACKET_SIZES_BYTES),
      baud: fc.integer({ min: 1, max: 12 }).map((n) => n * BAUD_STEP),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(settings, fc.nat(9), (parameters, shift) => {
      const wide = new Uint8Array(40)
      wide.set(encodeSystemParameters(parameters), shift)
      assert.deepEqual(parseSystemParameters(wide.subarray(shift, shift + 16)), parameters)
    }),
  )
})

test("any bytes are parameters that an R307 can have, or refused as a bad answer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      try {
        const { packetSizeBytes, baud } = parseSystemParameters(bytes)
        assert.equal(bytes.length, 16)
        assert.ok(PACKET_SIZES_BYTES.includes(packetSizeBytes) && baud >= 9600 && baud <= 115_200)
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === "sensor/bad-answer", String(error))
      }
    }),
  )
  for (let n = 0; n < 16; n++)
    assert.throws(
      () => parseSystemParameters(FACTORY.subarray(0, n)),
      (e) => hasCode(e, "sensor/bad-answer"),
    )
  for (const [at, value] of [
    [13, 4],
    [12, 1],
    [15, 0],
    [15, 13],
    [14, 1],
  ])
    assert.throws(
      () => parseSystemParameters(FACTORY.with(at, value)),
      (e) => hasCode(e, "sensor/bad-answer"),
    )
})
