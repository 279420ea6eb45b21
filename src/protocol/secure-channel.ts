import { concat, u32 } from "@sourceprint/core/bytes.js"
import pLimit from "p-limit"
import type { Aead, CryptoProvider } from "./crypto-provider.js"
import type { DirectionKeys } from "./key-schedule.js"

const RECORD = 0x03
const TAG_BYTES = 16
const MAX_RECORDS = 2 ** 32

/** The nonce of record `counter`: iv XOR (0^32 ‖ counter u64). */
function nonceOf(iv: Uint8Array, counter: number): Uint8Array {
  const nonce = iv.slice()
  const view = new DataView(nonce.buffer)
  view.setUint32(8, view.getUint32(8) ^ (counter >>> 0))
  view.setUint32(4, view.getUint32(4) ^ Math.floor(counter / 2 ** 32))
  return nonce
}

const aadOf = (bodyBytes: number): Uint8Array => concat([u32(bodyBytes), Uint8Array.of(RECORD)])

/** One direction of records under one key. The counter moves with each record and is never sent. */
class Direction {
  private counter = 0
  private readonly inOrder = pLimit(1)
  constructor(
    private readonly aead: Aead,
    private readonly iv: Uint8Array,
  ) {}

  private next(): Uint8Array {
    if (this.counter >= MAX_RECORDS) throw new RangeError("a key seals at most 2^32 records")
    return nonceOf(this.iv, this.counter++)
  }

  async seal(message: Uint8Array): Promise<Uint8Array> {
    const nonce = this.next() // taken before the first await: two calls never share it
    // One after the other: the platform seals on threads, and a short record would overtake a long one.
    const seal = () => this.aead.seal(nonce, message, aadOf(1 + message.length + TAG_BYTES))
    return concat([Uint8Array.of(RECORD), await this.inOrder(seal)])
  }

  open(body: Uint8Array): Promise<Uint8Array | undefined> {
    if (body.length <= TAG_BYTES || body[0] !== RECORD) return Promise.resolve(undefined)
    return this.aead.open(this.next(), body.subarray(1), aadOf(body.length))
  }
}

/** Both directions of one end. A record that does not open ends the connection: the caller drops the channel, since
 *  the counter has moved on. docs/protocol.md section 5 */
export class SecureChannel {
  private constructor(
    private readonly sending: Direction,
    private readonly receiving: Direction,
  ) {}

  /** A channel under the keys of one handshake; keys and nonces are never used twice. */
  static async create(crypto: CryptoProvider, keys: DirectionKeys, end: "client" | "server"): Promise<SecureChannel> {
    const { clientToServer: up, serverToClient: down } = keys
    const upward = new Direction(await crypto.aead(up.key), up.iv)
    const downward = new Direction(await crypto.aead(down.key), down.iv)
    return end === "client" ? new SecureChannel(upward, downward) : new SecureChannel(downward, upward)
  }

  /** The body of a frame. Bodies go out in the order of the calls. */
  seal(message: Uint8Array): Promise<Uint8Array> {
    return this.sending.seal(message)
  }

  /** The message, or undefined for a body that was changed, replayed, reordered or is not a record. */
  open(body: Uint8Array): Promise<Uint8Array | undefined> {
    return this.receiving.open(body)
  }
}
