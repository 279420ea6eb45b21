import { nameKey } from "../account-name.js"
import type { CryptoProvider } from "../crypto-provider.js"
import { type CertificateClaims, sameClient, verifyCertificate } from "./certificate.js"
import type { WireRoom } from "./wire.js"

/** What the server says beside the rooms' items: who is online, who has what, and newer certificates. None of it
 *  decides who is a member: that is the MLS group's alone. */
export class ServerView {
  private readonly certificates = new Map<string, CertificateClaims>()
  private readonly acked = new Map<string, Map<string, number>>()
  private readonly present = new Set<string>()

  constructor(
    private readonly crypto: CryptoProvider,
    private readonly serverIdentity: Uint8Array,
  ) {}

  /** @returns the members that wait to be added, or to be removed, with the names of their accounts */
  async takeRoom(room: WireRoom): Promise<{ name: string; clientId: string; state: "waiting" | "gone" }[]> {
    const news: { name: string; clientId: string; state: "waiting" | "gone" }[] = []
    for (const { state, online, acked, certificate } of room.members) {
      const claims = await verifyCertificate(this.crypto, this.serverIdentity, certificate)
      if (claims === undefined) continue
      const { name, clientId } = claims
      const known = this.certificates.get(clientId)
      if (known === undefined || claims.timeMs >= known.timeMs) this.certificates.set(clientId, claims)
      if (online) this.present.add(nameKey(name))
      this.takeAck(room.roomId, clientId, acked)
      if (state !== "in") news.push({ name, clientId, state })
    }
    return news
  }

  takeAck(roomId: string, clientId: string, seq: number): void {
    const room = this.acked.get(roomId) ?? new Map<string, number>()
    room.set(clientId, Math.max(seq, room.get(clientId) ?? 0))
    this.acked.set(roomId, room)
  }

  takePresence(name: string, online: boolean): void {
    if (online) this.present.add(nameKey(name))
    else this.present.delete(nameKey(name))
  }

  /** Nothing is known of anybody's presence while offline. */
  disconnect(): void {
    this.present.clear()
  }

  isPresent(name: string): boolean {
    return this.present.has(nameKey(name))
  }

  hasAcked(roomId: string, clientId: string, seq: number): boolean {
    return (this.acked.get(roomId)?.get(clientId) ?? 0) >= seq
  }

  nameOf(clientId: string): string | undefined {
    return this.certificates.get(clientId)?.name
  }

  /** The newest certificate of the same client and key. */
  newest(claims: CertificateClaims): CertificateClaims {
    const known = this.certificates.get(claims.clientId)
    return known !== undefined && sameClient(known, claims) && known.timeMs > claims.timeMs ? known : claims
  }
}
