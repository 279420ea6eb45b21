import { within } from "@sourceprint/core/async/delay.js"
import type { Application, SignedIn } from "../auth/auth-deps.js"
import { ApplicationConnection, type ApplicationDeps } from "./application-connection.js"
import type { ChannelHandler } from "./channel.js"

/** How long a stopping server waits for requests that it has begun to answer. */
const FINISH_MS = 5_000

/** Every connection that has passed, and the table of channels that they may talk to. */
export class ApplicationServer implements Application {
  private readonly handlers = new Map<number, ChannelHandler>()
  private readonly connections = new Set<ApplicationConnection>()
  private stopping = false

  constructor(
    private readonly deps: ApplicationDeps,
    private readonly finishMs = FINISH_MS,
  ) {
    deps.metrics.gauge("application_connections", () => this.connections.size)
  }

  /** @throws TypeError when the channel is taken */
  mount(channel: number, handler: ChannelHandler): void {
    if (this.handlers.has(channel)) throw new TypeError(`channel ${channel} has a handler already`)
    this.handlers.set(channel, handler)
  }

  async serve(signedIn: SignedIn, addFinger: (finger: string) => Promise<boolean>): Promise<void> {
    if (this.stopping) return
    const connection = new ApplicationConnection(this.deps, this.handlers, signedIn)
    this.connections.add(connection)
    try {
      await connection.run(addFinger)
    } finally {
      this.connections.delete(connection)
    }
  }

  /** Closes every connection, an idle one at once, a busy one when its requests are answered. */
  async stop(): Promise<void> {
    this.stopping = true
    const all = [...this.connections]
    const finished = Promise.allSettled(all.map((connection) => connection.finish()))
    await within(finished, this.finishMs, undefined)
    for (const connection of this.connections) connection.close()
  }
}
