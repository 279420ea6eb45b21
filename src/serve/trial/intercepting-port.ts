import type { FramePort, PortEnd } from "@sourceprint/protocol/frame-port.js"

/** What the man in the middle does to a frame's body: what leaves in its place, none, one or several. */
export type Intercept = (index: number, body: Uint8Array) => readonly Uint8Array[]

const untouched: Intercept = (_index, body) => [body]

/** A port with somebody on the wire: every frame passes through `up` (to the server) or `down` (to the client). Frames
 *  are numbered from 0 a direction. */
export class InterceptingPort implements FramePort {
  readonly sent: Uint8Array[] = []
  readonly received: Uint8Array[] = []
  private readonly waiting: Uint8Array[] = []

  constructor(
    private readonly inner: FramePort,
    private readonly up: Intercept = untouched,
    private readonly down: Intercept = untouched,
  ) {}

  async send(body: Uint8Array): Promise<void> {
    const index = this.sent.push(body.slice()) - 1
    for (const changed of this.up(index, body)) await this.inner.send(changed)
  }

  async receive(limitBytes: number, timeoutMs?: number): Promise<Uint8Array | PortEnd> {
    while (this.waiting.length === 0) {
      const body = await this.inner.receive(limitBytes, timeoutMs)
      if (typeof body === "string") return body
      const index = this.received.push(body.slice()) - 1
      this.waiting.push(...this.down(index, body))
    }
    return this.waiting.shift() ?? "closed"
  }

  close(): void {
    this.inner.close()
  }
}
