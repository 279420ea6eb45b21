import { concat, utf8 } from "@sourceprint/core/bytes.js"

/** CRC-32C (Castagnoli), as TFRecord files have it. */
const castagnoli = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0x82f63b78)
  return crc
})
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (castagnoli[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

function record(data: Uint8Array): Uint8Array {
  const masked = (bytes: Uint8Array): number => {
    const crc = crc32c(bytes)
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
  }
  const head = new Uint8Array(12)
  const view = new DataView(head.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(head.subarray(0, 8)), true)
  const tail = new Uint8Array(4)
  new DataView(tail.buffer).setUint32(0, masked(data), true)
  return concat([head, data, tail])
}

// Protocol Buffers, the few fields of tensorflow.Event that scalars need: a key is (field number << 3) | wire type.
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Uint8Array.from([...bytes, rest])
}
const sized = (field: number, bytes: Uint8Array): Uint8Array =>
  concat([Uint8Array.of((field << 3) | 2), varint(bytes.length), bytes])
function float(field: number, value: number, bytes: 4 | 8): Uint8Array {
  const out = new Uint8Array(1 + bytes)
  out[0] = (field << 3) | (bytes === 8 ? 1 : 5)
  const view = new DataView(out.buffer)
  if (bytes === 8) view.setFloat64(1, value, true)
  else view.setFloat32(1, value, true)
  return out
}

export interface ScalarStep {
  readonly step: number
  readonly scalars: Readonly<Record<string, number>>
}

/** The bytes of a TensorBoard event file (TFRecord frames of tensorflow.Event) with scalars by step.
 *  @param wallSeconds since 1970, of all events */
export function tensorboardEvents(steps: readonly ScalarStep[], wallSeconds: number): Uint8Array {
  const event = (...fields: Uint8Array[]): Uint8Array => record(concat([float(1, wallSeconds, 8), ...fields]))
  return concat([
    event(sized(3, utf8("brain.Event:2"))),
    ...steps.map(({ step, scalars }) => {
      const values = Object.entries(scalars).map(([tag, value]) =>
        sized(1, concat([sized(1, utf8(tag)), float(2, value, 4)])),
      )
      return event(concat([Uint8Array.of(2 << 3), varint(step)]), sized(5, concat(values)))
    }),
  ])
}
