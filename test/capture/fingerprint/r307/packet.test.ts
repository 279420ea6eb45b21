import assert from "node:assert/strict"
import { test } from "node:test"
import {
  dataPackets,
  decodePacket,
  encodePacket,
  PacketKind,
  payloadLineTimeMs,
  sum16,
} from "@sourceprint/capture/fingerprint/r307/packet.js"
import { PacketStream } from "@sourceprint/capture/fingerprint/r307/packet-stream.js"
import { concat, fromHex, toHex } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import fc from "fast-check"

// Frames printed in the R307 user manual v1.20; sums by hand.
const vectors = [
  { name: "GenImg", hex: "ef01ffffffff010003010005", kind: PacketKind.command, body: "01" },
  { name: "UpImage", hex: "ef01ffffffff0100030a000e", kind: PacketKind.command, body: "0a" },
  { name: "ReadSysPara", hex: "ef01ffffffff0100030f0013", kind: PacketKind.command, body: "0f" },
  {
    name: "VfyPwd 0",
    hex: "ef01ffffffff01000713000000000" + "01b",
    kind: PacketKind.command,
    body: "1300000000",
  },
  { name: "ok", hex: "ef01ffffffff07000300000a", kind: PacketKind.ack, body: "00" },
]

const packets = fc.record(
  {
    kind: fc.constantFrom(...Object.values(PacketKind)),
    address: fc.nat({ max: 0xffffffff }),
    body: fc.uint8Array({ maxLength: 256 }),
  },
  { noNullPrototype: true },
)

test("the manual's frames are read and written byte for byte", () => {
  for (const { name, hex, kind, body } of vectors) {
    const decoded = decodePacket(fromHex(hex))
    assert.deepEqual(decoded?.packet, { kind, address: 0xffffffff, body: fromHex(body) }, name)
    assert.equal(toHex(encodePacket({ kind, address: 0xffffffff, body: fromHex(body) })), hex, name)
  }
})

test("round trip; more bytes are wanted at every cut; a suffix is left alone", () => {
  fc.assert(
    fc.property(packets, fc.uint8Array({ maxLength: 12 }), (packet, rest) => {
      const frame = encodePacket(packet)
      assert.deepEqual(decodePacket(concat([frame, rest])), { packet, sizeBytes: frame.length })
      for (let cut = 0; cut < frame.length; cut++) assert.equal(decodePacket(frame.subarray(0, cut)), undefined)
    }),
    { numRuns: 150 },
  )
})

test("every single flipped bit outside the address is refused or asks for more bytes", () => {
  const frame = encodePacket({ kind: PacketKind.data, address: 0xffffffff, body: fromHex("00ff10a5ef01") })
  for (let bit = 0; bit < frame.length * 8; bit++) {
    if (bit >= 16 && bit < 48) continue // the address is not covered by the sum: the link compares it
    const broken = frame.with(bit >> 3, frame[bit >> 3] ^ (1 << (bit & 7)))
    let outcome: unknown
    try {
      outcome = decodePacket(broken)
    } catch (error) {
      outcome = error
    }
    assert.ok(outcome === undefined || outcome instanceof AppError, `bit ${bit}`)
  }
})

test("a length below its checksum or beyond 256 bytes of body is refused at once", () => {
  for (const length of ["0000", "0001", "0103", "ffff"]) {
    const head = fromHex(`ef01ffffffff02${length}`)
    assert.throws(
      () => decodePacket(head),
      (e) => hasCode(e, "packet/length"),
    )
  }
  assert.throws(() => encodePacket({ kind: 1, address: 0, body: new Uint8Array(257) }), RangeError)
})

test("random bytes: a value, more bytes or an AppError, and nothing is read past the end", () => {
  const outcome = (bytes: Uint8Array): void => {
    try {
      const decoded = decodePacket(bytes)
      if (decoded !== undefined) assert.ok(decoded.sizeBytes <= bytes.length)
    } catch (error) {
      assert.ok(error instanceof AppError, String(error))
    }
  }
  const framed = fc.uint8Array({ maxLength: 40 }).map((tail) => concat([fromHex("ef01ffffffff"), tail]))
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), framed), outcome), { numRuns: 20_000 })
})

test("the stream finds every packet whatever the pieces and whatever the noise between them", () => {
  const noise = fc.uint8Array({ maxLength: 30 }).map((bytes) => bytes.map((byte) => (byte === 0xef ? 0xee : byte)))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(noise, packets), { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (parts, sizes) => {
        const all = concat(parts.flatMap(([bytes, packet]) => [bytes, encodePacket(packet)]))
        const stream = new PacketStream()
        const found = []
        for (let at = 0; at < all.length; ) {
          const end = at + (sizes.next().value as number)
          found.push(...stream.push(all.subarray(at, end)))
          at = end
        }
        assert.deepEqual(
          found,
          parts.map(([, packet]) => packet),
        )
        assert.equal(
          stream.noise.skippedBytes,
          parts.reduce((sum, [bytes]) => sum + bytes.length, 0),
        )
        assert.equal(stream.pendingBytes, 0)
      },
    ),
    { numRuns: 200 },
  )
})

test("a false header or a wrong length does not swallow the frame behind it", () => {
  const good = encodePacket({ kind: PacketKind.ack, address: 0xffffffff, body: Uint8Array.of(0) })
  const claimsTooMuch = encodePacket({
    kind: PacketKind.data,
    address: 0xffffffff,
    body: new Uint8Array(20),
  }).with(8, 40)
  const stream = new PacketStream()
  const found = stream.push(concat([claimsTooMuch, good, good, good]))
  assert.equal(found.length, 3)
  assert.equal(stream.noise.badChecksums, 1)
  assert.equal(stream.noise.skippedBytes, claimsTooMuch.length)
})

test("payloads are cut into packets and take their line time", () => {
  const payload = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff)
  const cut = dataPackets(payload, 1, 128)
  assert.deepEqual(
    cut.map((p) => [p.kind, p.body.length]),
    [
      [2, 128],
      [2, 128],
      [8, 44],
    ],
  )
  assert.deepEqual(concat(cut.map((p) => p.body)), payload)
  assert.equal(Math.round(payloadLineTimeMs(36_864, 128, 57600)), 6950)
  assert.equal(Math.round(payloadLineTimeMs(36_864, 128, 115200)), 3475)
  assert.equal(sum16(new Uint8Array(70_000).fill(255)), (70_000 * 255) % 65_536)
})
