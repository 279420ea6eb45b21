import { blob32, flag, struct, u64, whole } from "../codec.js"
import { ChatLimit } from "./chat-limits.js"
import type { ChatClock } from "./chat-ports.js"
import { type ChatStorage, put } from "./chat-storage.js"
import {
  decodeOwnKeyPackage,
  encodeOwnKeyPackage,
  newKeyPackage,
  type OwnKeyPackage,
  publicBytes,
  type SignatureKeyPair,
} from "./mls/key-package.js"
import type { MlsContext } from "./mls/mls-context.js"
import { chatKey } from "./room/room-record.js"
import { readAll } from "./room/room-state.js"

/** Private halves of packages that were handed out and never used are kept so many, the newest. */
const MOST_KEPT = 256
const stored = whole(struct({ oneTime: flag, madeAtMs: u64, keyPackage: blob32(8_192) }))

/** The key packages of this client: private halves here, public ones at the server. */
export class KeyPackagePool {
  constructor(
    private readonly mls: MlsContext,
    private readonly storage: ChatStorage,
    private readonly clock: ChatClock,
    /** One-time packages that the server should have. */
    private readonly wanted: number,
  ) {}

  async find(reference: string): Promise<OwnKeyPackage | undefined> {
    const bytes = await this.storage.read(chatKey.keyPackage(reference))
    const found = bytes && stored.decode(bytes)
    return found && decodeOwnKeyPackage(reference, found.keyPackage)
  }

  async isOneTime(reference: string): Promise<boolean> {
    const bytes = await this.storage.read(chatKey.keyPackage(reference))
    return (bytes && stored.decode(bytes)?.oneTime) ?? false
  }

  /** Makes what the server lacks, and a new last resort if told to; the private halves are stored when this resolves.
   *  Undefined where nothing is lacking. */
  async restock(
    left: number,
    lastResort: boolean,
    certificate: Uint8Array,
    keys: SignatureKeyPair,
  ): Promise<{ packages: Uint8Array[]; lastResort: Uint8Array } | undefined> {
    const lacking = left > this.wanted / 2 ? 0 : Math.min(this.wanted - left, ChatLimit.keyPackages)
    if (lacking === 0 && !lastResort) return undefined
    const make = () => newKeyPackage(this.mls, certificate, keys)
    const packages: OwnKeyPackage[] = []
    for (let k = 0; k < lacking; k++) packages.push(await make())
    const last = lastResort ? await make() : undefined
    const putOwn = (own: OwnKeyPackage, oneTime: boolean) => {
      const value = { oneTime, madeAtMs: this.clock.nowMs(), keyPackage: encodeOwnKeyPackage(own) }
      return put(chatKey.keyPackage(own.reference), stored.encode(value))
    }
    const puts = packages.map((own) => putOwn(own, true))
    if (last !== undefined) puts.push(putOwn(last, false))
    await this.storage.write(puts, await this.surplus(puts.length))
    return {
      packages: packages.map(publicBytes),
      lastResort: last === undefined ? new Uint8Array(0) : publicBytes(last),
    }
  }

  private async surplus(adding: number): Promise<string[]> {
    const all = await readAll(this.storage, chatKey.packages)
    const byAge = all
      .map(({ key, value }) => ({ key, madeAtMs: stored.decode(value)?.madeAtMs ?? 0 }))
      .sort((a, b) => a.madeAtMs - b.madeAtMs)
    return byAge.slice(0, Math.max(0, byAge.length + adding - MOST_KEPT)).map(({ key }) => key)
  }
}
