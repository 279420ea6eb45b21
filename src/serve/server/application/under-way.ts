/** What one peer, session, account or address may have under way, bytes: answers and events that peers have not taken,
 *  and requests that wait for their answers. */
export interface UnderWayLimits {
  readonly bytesPerConnection: number
  readonly bytesPerSession: number
  readonly bytesPerAccount: number
  readonly bytesPerAddress: number
}

interface Owner {
  readonly session: string
  readonly account: string
  readonly address: string
}

/** Where a connection may fill memory beyond the point at which it is paused: what is told to it unasked. Beyond this
 *  it is dropped, and comes back for what it missed. */
const DROP_AT = 4

/** Counts the bytes under way of everybody. A connection that is above a limit is paused until its peers read. */
export class UnderWay {
  private readonly bytes = new Map<string, number>()
  private waiting: (() => void)[] = []

  constructor(private readonly limits: UnderWayLimits) {}

  get totalBytes(): number {
    return [...this.bytes].reduce((sum, [key, bytes]) => sum + (key.startsWith("address ") ? bytes : 0), 0)
  }

  /** A connection's part. */
  part({ session, account, address }: Owner): UnderWayPart {
    const { limits } = this
    const everybody = { key: `address ${address}`, limit: limits.bytesPerAddress }
    const mine = [
      { key: `session ${session}`, limit: limits.bytesPerSession },
      { key: `account ${account}`, limit: limits.bytesPerAccount },
    ]
    const keys = [everybody, ...mine]
    const below = (which: readonly (typeof everybody)[], times: number): boolean =>
      which.every(({ key, limit }) => this.of(key) < limit * times)
    let own = 0
    let ended = false
    const add = (bytes: number): void => {
      if (ended) return
      own += bytes
      for (const { key } of keys) {
        const left = this.of(key) + bytes
        if (left > 0) this.bytes.set(key, left)
        else this.bytes.delete(key)
      }
      if (bytes < 0) this.wake()
    }
    return {
      take(bytes) {
        add(bytes)
        return !ended && own <= limits.bytesPerConnection * DROP_AT && below(keys, DROP_AT)
      },
      give: (bytes) => add(-bytes),
      // Who has nothing under way goes on whatever the account's other connections do: one that stands still holds up
      // no other.
      hasRoom: () => own < limits.bytesPerConnection && below([everybody], 1) && (own === 0 || below(mine, 1)),
      changed: () => new Promise((resolve) => this.waiting.push(resolve)),
      end() {
        add(-own)
        ended = true
      },
    }
  }

  private of(key: string): number {
    return this.bytes.get(key) ?? 0
  }

  private wake(): void {
    const { waiting } = this
    this.waiting = []
    for (const resolve of waiting) resolve()
  }
}

export interface UnderWayPart {
  /** Counts them. False: the connection holds too much and is to be dropped. */
  take(bytes: number): boolean
  give(bytes: number): void
  /** False: the connection is to be paused. */
  hasRoom(): boolean
  /** Resolves when something was given back. */
  changed(): Promise<void>
  /** Gives everything back. */
  end(): void
}
