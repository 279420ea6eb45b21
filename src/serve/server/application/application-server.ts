import { within } from "@sourceprint/core/async/delay.js"
import type { AddFinger, Application, SignedIn } from "../auth/auth-deps.js"
import { limitAddress } from "../limit-address.js"
import { ApplicationConnection, type ApplicationDeps, type MountedChannel } from "./application-connection.js"
import type { ChannelHandler } from "./channel.js"
import type { NeedsOf } from "./needs.js"
import { UnderWay, type UnderWayLimits } from "./under-way.js"

/** How long a stopping server waits for requests that it has begun to answer. */
const FINISH_MS = 5_000

export interface SessionLimits extends UnderWayLimits {
  readonly connectionsPerSession: number
  readonly connectionsPerAccount: number
}

const MIB = 2 ** 20
export const defaultSessionLimits: SessionLimits = {
  connectionsPerSession: 16,
  connectionsPerAccount: 64,
  bytesPerConnection: 2 * MIB,
  bytesPerSession: 8 * MIB,
  bytesPerAccount: 16 * MIB,
  bytesPerAddress: 128 * MIB,
}

const onlyValid: NeedsOf = () => ({})

/** Every connection that has passed, and the table of channels that they may talk to. */
export class ApplicationServer implements Application {
  private readonly channels = new Map<number, MountedChannel>()
  /** The oldest first. */
  private readonly connections = new Set<ApplicationConnection>()
  private readonly coming: UnderWay
  private readonly going: UnderWay
  private stopping = false

  constructor(
    private readonly deps: ApplicationDeps,
    private readonly finishMs = FINISH_MS,
    private readonly limits = defaultSessionLimits,
  ) {
    this.coming = new UnderWay(limits)
    this.going = new UnderWay(limits)
    deps.metrics.gauge("application_connections", () => this.connections.size)
    deps.metrics.gauge("application_bytes_under_way", () => this.coming.totalBytes + this.going.totalBytes)
  }

  /** @param needs of its requests beside a valid session @throws TypeError when the channel is taken */
  mount(channel: number, handler: ChannelHandler, needs: NeedsOf = onlyValid): void {
    if (this.channels.has(channel)) throw new TypeError(`channel ${channel} has a handler already`)
    this.channels.set(channel, { handler, needs })
  }

  async serve(signedIn: SignedIn, addFinger: AddFinger): Promise<void> {
    if (this.stopping) return
    this.makeRoom(signedIn)
    const { session, account, address } = signedIn
    const owner = { session: session.tokenHash, account: account.id, address: limitAddress(address) }
    const [coming, going] = [this.coming.part(owner), this.going.part(owner)]
    const connection = new ApplicationConnection(this.deps, this.channels, signedIn, coming, going)
    this.connections.add(connection)
    try {
      await connection.run(addFinger)
    } finally {
      this.connections.delete(connection)
    }
  }

  async recheck(of: { readonly accountId: string } | { readonly deviceId: string }): Promise<void> {
    const meant = this.connectionsOf(({ account, session }) =>
      "accountId" in of ? account.id === of.accountId : session.deviceId === of.deviceId,
    )
    await Promise.all(meant.map((connection) => connection.recheck()))
  }

  /** Closes every connection, an idle one at once, a busy one when its requests are answered. */
  async stop(): Promise<void> {
    this.stopping = true
    const all = [...this.connections]
    const finished = Promise.allSettled(all.map((connection) => connection.finish()))
    await within(finished, this.finishMs, undefined)
    for (const connection of this.connections) connection.close()
  }

  /** Closes the oldest connection of the session, or of the account's session that has most, where there are as many
   *  as may be: who comes back after a lost network always gets in, and one session cannot close another's only one. */
  private makeRoom({ session, account }: SignedIn): void {
    const ofAccount = this.connectionsOf((other) => other.account.id === account.id)
    const ofSession = (tokenHash: string): ApplicationConnection[] =>
      ofAccount.filter((connection) => connection.signedIn.session.tokenHash === tokenHash)
    const own = ofSession(session.tokenHash)
    let [oldest] = own.length >= this.limits.connectionsPerSession ? own : []
    if (oldest === undefined && ofAccount.length >= this.limits.connectionsPerAccount) {
      const sessions = new Set(ofAccount.map((connection) => connection.signedIn.session.tokenHash))
      const bySize = [...sessions].map(ofSession).sort((a, b) => b.length - a.length)
      oldest = bySize[0]?.[0]
    }
    if (oldest === undefined) return
    this.deps.metrics.outcome("application", "displaced")
    this.connections.delete(oldest)
    oldest.close()
  }

  private connectionsOf(isMeant: (signedIn: SignedIn) => boolean): ApplicationConnection[] {
    return [...this.connections].filter((connection) => isMeant(connection.signedIn))
  }
}
