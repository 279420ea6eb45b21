import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { type BackOffRule, backOffMs } from "../../store/back-off.js"
import { KeyRing } from "../../store/key-ring.js"
import type { Store } from "../../store/store.js"
import { limitAddress } from "../limit-address.js"

/** The pair (account, device) takes the brunt; what many people share (a kiosk, an address behind NAT) is patient; an
 *  account as such only slows devices that never signed in to it, so that nobody can lock its owner out. A browser in
 *  which the account has signed in before is a pair of its own, and nothing else counts for it. */
export const defaultRules = {
  pair: { free: 5, maxMs: 300_000 },
  stranger: { free: 20, maxMs: 60_000 },
  device: { free: 50, maxMs: 60_000 },
  address: { free: 100, maxMs: 60_000 },
} as const satisfies Record<string, BackOffRule>

export type LimitRules = Readonly<Record<keyof typeof defaultRules, BackOffRule>>

/** The default waits after other numbers of failures. */
export function rulesWith(free: Readonly<Record<keyof LimitRules, number>>): LimitRules {
  const { pair, stranger, device, address } = defaultRules
  return {
    pair: { ...pair, free: free.pair },
    stranger: { ...stranger, free: free.stranger },
    device: { ...device, free: free.device },
    address: { ...address, free: free.address },
  }
}

const FORGET_AFTER_MS = 3_600_000

export interface Attempt {
  /** Of the name as typed, whether or not there is such an account. Absent where no name is given (a session's token):
   *  then the address alone counts. */
  readonly nameKey?: string | undefined
  /** The account's id where there is one: only an account can know a device. */
  readonly accountId: string | undefined
  readonly deviceId: string | undefined
  /** Of a browser in which the account has signed in before. */
  readonly browserId?: string | undefined
  readonly address: string
}

/** Attempt limits, kept in the store: they survive a restart and hold across servers. Keys are keyed hashes, so a
 *  password typed where the name belongs is not written down. */
export class AttemptLimits {
  constructor(
    private readonly store: Store,
    private readonly secret: Uint8Array,
    private readonly rules: LimitRules = defaultRules,
  ) {}

  private key(kind: keyof LimitRules, what: string): string {
    return `${kind}:${toHex(KeyRing.keyedHash(this.secret, utf8(`${kind} ${what}`))).slice(0, 32)}`
  }

  private ruleOf(key: string): BackOffRule {
    return this.rules[key.slice(0, key.indexOf(":")) as keyof LimitRules]
  }

  private async keysOf({ nameKey, accountId, deviceId, browserId, address: from }: Attempt) {
    // A queue of its own: neither guesses of strangers at the account nor the failures of its address are in it.
    if (browserId !== undefined)
      return { pair: [this.key("pair", `${nameKey}\n${browserId}`)], shared: [], stranger: [] }
    const address = limitAddress(from)
    const familiar =
      deviceId !== undefined && accountId !== undefined && (await this.store.isFamiliar(accountId, deviceId))
    const named = nameKey !== undefined
    const pair = named ? [this.key("pair", `${nameKey}\n${deviceId ?? address}`)] : []
    const shared = [this.key("address", address)]
    if (deviceId !== undefined) shared.push(this.key("device", deviceId))
    return { pair, shared, stranger: familiar || !named ? [] : [this.key("stranger", nameKey)] }
  }

  /** Milliseconds that this attempt has to wait; 0 lets it through and counts it as failed until `passed` says
   *  otherwise, so that attempts side by side do not slip past the count. */
  async admit(attempt: Attempt, nowMs: number): Promise<number> {
    const { pair, shared, stranger } = await this.keysOf(attempt)
    const limits = [...pair, ...shared, ...stranger].map((key) => ({ key, ...this.ruleOf(key) }))
    return this.store.countAttempt(limits, nowMs, FORGET_AFTER_MS)
  }

  /** Milliseconds that this attempt has to wait; counts nothing. */
  async waitMs(attempt: Attempt, nowMs: number): Promise<number> {
    const { pair, shared, stranger } = await this.keysOf(attempt)
    const keys = [...pair, ...shared, ...stranger]
    const found = await this.store.failures(keys)
    const waits = keys.map((key) => {
      const { count, lastMs } = found.get(key) ?? { count: 0, lastMs: 0 }
      return backOffMs(this.ruleOf(key), count, lastMs, nowMs)
    })
    return Math.max(...waits)
  }

  async failed(attempt: Attempt, nowMs: number): Promise<void> {
    const { pair, shared, stranger } = await this.keysOf(attempt)
    await this.store.addFailure([...pair, ...shared, ...stranger], nowMs, FORGET_AFTER_MS)
  }

  /** The attempt that was admitted has passed. @param counted the failures that it has counted, admission included */
  async passed(attempt: Attempt, counted = 1): Promise<void> {
    const { pair, shared, stranger } = await this.keysOf(attempt)
    await this.store.clearFailures(pair)
    for (let i = 0; i < counted; i++) await this.store.forgiveFailure([...shared, ...stranger])
  }

  /** The attempt was not about a password after all (the server was busy, the sensor unplugged). */
  async forgive(attempt: Attempt): Promise<void> {
    const { pair, shared, stranger } = await this.keysOf(attempt)
    await this.store.forgiveFailure([...pair, ...shared, ...stranger])
  }
}
