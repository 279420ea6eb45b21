import type { RoomEngine } from "./room/room-engine.js"
import type { RoomHost } from "./room/room-host.js"
import { openSignal, sealSignal } from "./room/room-signal.js"
import type { ChatEvent } from "./wire.js"

const TYPING_MS = 6_000

/** Who is typing where, told in passing and good for 6 seconds. */
export class TypingSignals {
  private readonly ends = new Map<string, () => void>()

  constructor(private readonly host: RoomHost) {}

  async send({ roomId, state }: RoomEngine, typing: boolean): Promise<void> {
    const { host } = this
    if (state.group === undefined || !host.online) return
    const { clientId } = host.self
    const bytes = await sealSignal(host.crypto, state.group, { clientId, typing })
    await host.ask({ type: "signal", roomId, bytes }, "done")
  }

  /** Nothing is told of what does not open, of another client than the server names, and of the own account. */
  async take(engine: RoomEngine | undefined, event: Extract<ChatEvent, { type: "signal" }>): Promise<void> {
    const { roomId } = event
    const group = engine?.state.group
    const signal = group && (await openSignal(this.host.crypto, group, event.bytes))
    if (signal === undefined || signal.clientId !== event.clientId) return
    const claims = group?.members().find((member) => member.claims.clientId === signal.clientId)?.claims
    if (claims === undefined || claims.accountId === this.host.self.accountId) return
    const key = `${roomId}/${claims.accountId}`
    this.ends.get(key)?.()
    this.ends.delete(key)
    const tell = (typing: boolean): void => this.host.emit({ type: "typing", roomId, name: claims.name, typing })
    const over = (): void => {
      this.ends.delete(key)
      tell(false)
    }
    if (signal.typing) this.ends.set(key, this.host.clock.after(TYPING_MS, over))
    tell(signal.typing)
  }

  close(): void {
    for (const off of this.ends.values()) off()
    this.ends.clear()
  }
}
