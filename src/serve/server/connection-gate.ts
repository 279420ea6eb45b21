import { within } from "@sourceprint/core/async/delay.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { limitAddress } from "./limit-address.js"
import type { ServerMetrics } from "./metrics.js"

export interface GateLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
}

/** What the gate needs of the carrier below a port. */
export interface CarrierEnd {
  /** Resolves when the carrier is closed, its last bytes and the farewell included. */
  readonly closed: Promise<unknown>
  /** Ends it without a farewell. */
  destroy(): void
  /** The peer has signed in. */
  keep(): void
}

/** Serves a connection until its end. @param onPass called when the peer has signed in, or is a linked scanner */
export type ServePort = (port: FramePort, address: string, onPass: () => void) => Promise<void>

/** Where every connection of the protocol enters, whichever carrier it came by: counts them until their carriers are
 *  closed, refuses those above the limits, and knows when the last one has ended. */
export class ConnectionGate {
  private readonly byAddress = new Map<string, number>()
  private readonly open = new Map<FramePort, Promise<unknown>>()
  private stopping = false

  constructor(
    private readonly limits: GateLimits,
    private readonly serve: ServePort,
    private readonly metrics: ServerMetrics,
  ) {
    metrics.gauge("connections", () => this.open.size)
  }

  async admit(port: FramePort, address: string, carrier: CarrierEnd): Promise<void> {
    const key = limitAddress(address)
    const count = this.byAddress.get(key) ?? 0
    const full = this.open.size >= this.limits.connections || count >= this.limits.connectionsPerAddress
    if (full || this.stopping) {
      this.metrics.outcome("connection", "refused")
      port.close()
      carrier.destroy()
      return
    }
    this.byAddress.set(key, count + 1)
    const work = this.serve(port, address, () => carrier.keep()).then(() => carrier.closed)
    this.open.set(port, work)
    try {
      await work
    } finally {
      this.open.delete(port)
      const left = (this.byAddress.get(key) ?? 1) - 1
      if (left > 0) this.byAddress.set(key, left)
      else this.byAddress.delete(key)
    }
  }

  /** No new connections; waits for those in flight, closes what is left after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.stopping = true
    await within(Promise.allSettled(this.open.values()), graceMs, undefined)
    for (const port of this.open.keys()) port.close()
    await Promise.allSettled(this.open.values())
  }
}
