import { decodePacket, encodePacket, PacketKind } from "@sourceprint/capture/fingerprint/r307/packet.js"
import { PacketStream } from "@sourceprint/capture/fingerprint/r307/packet-stream.js"
import { concat, toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import fc from "fast-check"
import type { Claim } from "./claim.js"
import { atLeast, exactly } from "./figure.js"

const packets = fc.record(
  {
    kind: fc.constantFrom(...Object.values(PacketKind)),
    address: fc.nat({ max: 0xffffffff }),
    body: fc.uint8Array({ maxLength: 256 }),
  },
  { noNullPrototype: true },
)

/** Counts cases and those that break a rule. */
function counting() {
  const tally = { cases: 0, broken: 0 }
  const check = (kept: () => boolean): void => {
    tally.cases++
    try {
      if (!kept()) tally.broken++
    } catch (error) {
      if (!(error instanceof AppError)) tally.broken++
    }
  }
  return { tally, check }
}

export const codecClaim: Claim = {
  title: "Codec: round trip, every truncation, random and flipped bytes, streams; no crash, no read past the end",
  measure: () => {
    const { tally, check } = counting()
    // Bytes behind the end are poison: a reader that goes too far takes them for content.
    const within = (bytes: Uint8Array): Uint8Array => {
      const room = new Uint8Array(bytes.length + 300).fill(0xa5)
      room.set(bytes)
      return room.subarray(0, bytes.length)
    }
    for (const packet of fc.sample(packets, { numRuns: 1000, seed: 1 })) {
      const frame = encodePacket(packet)
      check(() => {
        const decoded = decodePacket(within(frame))
        return decoded?.sizeBytes === frame.length && toHex(decoded.packet.body) === toHex(packet.body)
      })
      for (let cut = 0; cut < frame.length; cut++)
        check(() => decodePacket(within(frame.subarray(0, cut))) === undefined)
      for (let i = 0; i < 50; i++) {
        const bit = (i * 7919) % (frame.length * 8)
        if (bit >= 16 && bit < 48) continue
        check(() => decodePacket(within(frame.with(bit >> 3, frame[bit >> 3] ^ (1 << (bit & 7))))) === undefined)
      }
    }
    const head = Uint8Array.of(0xef, 0x01, 255, 255, 255, 255)
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((tail) => concat([head, tail])),
    )
    for (const bytes of fc.sample(random, { numRuns: 60_000, seed: 2 })) {
      check(() => (decodePacket(within(bytes))?.sizeBytes ?? 0) <= bytes.length)
    }
    for (const bytes of fc.sample(random, { numRuns: 20_000, seed: 3 })) {
      check(() => {
        const stream = new PacketStream()
        const whole = stream.push(bytes)
        const pieces = new PacketStream()
        const apart = [
          pieces.push(bytes.subarray(0, bytes.length >> 1)),
          pieces.push(bytes.subarray(bytes.length >> 1)),
        ]
        return whole.length === apart.flat().length && stream.noise.skippedBytes === pieces.noise.skippedBytes
      })
    }
    return Promise.resolve([
      atLeast("cases", tally.cases, 100_000),
      exactly("cases that broke a rule", tally.broken, 0),
    ])
  },
}
