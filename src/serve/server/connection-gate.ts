import { within } from "@sourceprint/core/async/delay.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import type { ServerMetrics } from "./metrics.js"

export interface GateLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
}

/** Where every connection enters, whichever carrier it came by: counts them, refuses those above the limits by closing,
 *  and knows when the last one has ended. */
export class ConnectionGate {
  private readonly byAddress = new Map<string, number>()
  private readonly open = new Map<FramePort, Promise<void>>()
  private stopping = false

  constructor(
    private readonly limits: GateLimits,
    private readonly serve: (port: FramePort, address: string) => Promise<void>,
    private readonly metrics: ServerMetrics,
  ) {
    metrics.gauge("connections", () => this.open.size)
  }

  async admit(port: FramePort, address: string): Promise<void> {
    const count = this.byAddress.get(address) ?? 0
    const full = this.open.size >= this.limits.connections || count >= this.limits.connectionsPerAddress
    if (full || this.stopping) {
      this.metrics.outcome("connection", "refused")
      port.close()
      return
    }
    this.byAddress.set(address, count + 1)
    const work = this.serve(port, address)
    this.open.set(port, work)
    try {
      await work
    } finally {
      this.open.delete(port)
      const left = (this.byAddress.get(address) ?? 1) - 1
      if (left > 0) this.byAddress.set(address, left)
      else this.byAddress.delete(address)
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
