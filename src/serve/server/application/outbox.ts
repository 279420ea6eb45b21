import type { UnderWayPart } from "./under-way.js"

/** Messages on their way to one peer. What the peer does not read stays here, up to a bound; beyond it the peer is
 *  dropped: it will come back and fetch what it missed. */
export class Outbox {
  private sent: Promise<void> = Promise.resolve()

  constructor(
    private readonly part: Pick<UnderWayPart, "take" | "give">,
    private readonly write: (payload: Uint8Array, channel: number) => Promise<void>,
    private readonly drop: (why: "slow" | "fault") => void,
  ) {}

  send(channel: number, payload: Uint8Array): void {
    const bytes = payload.length + 64 // what a frame and its bookkeeping take
    if (!this.part.take(bytes)) {
      this.part.give(bytes)
      this.drop("slow")
      return
    }
    this.sent = this.write(payload, channel).then(
      () => this.part.give(bytes),
      () => this.drop("fault"),
    )
  }

  /** Resolves when the carrier has taken everything that was sent so far. */
  flushed(): Promise<void> {
    return this.sent
  }
}
