import { AppError } from "@sourceprint/core/errors.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { ChatTransport } from "@sourceprint/protocol/chat/chat-ports.js"
import { account, Installation, ManualClock, type MeetingPlace, settle } from "./chat-party.js"
import type { RelayAccount } from "./memory-relay.js"

export interface ScheduleOptions {
  readonly clients: number
  readonly steps: number
  /** Chances at each write and at each request. */
  readonly deathRate: number
  readonly cutRate: number
  /** Members are removed and added again. */
  readonly removals: boolean
}

export interface ScheduleResult {
  readonly all: readonly Installation[]
  readonly roomId: string
  /** Texts whose sending had resolved: each must be there. */
  readonly sure: ReadonlySet<string>
  /** Texts whose sending died: each may be there once. */
  readonly unsure: ReadonlySet<string>
  readonly deaths: number
  readonly cuts: number
}

/** A random life of a room: everybody writes, comes and goes, dies at any write before or after it took effect, and
 *  loses the connection before a request, or after it was done and before its answer. In the end all are started,
 *  connected and left to finish. The rng decides everything. */
export async function runSchedule(
  relay: MeetingPlace,
  rng: Rng,
  options: ScheduleOptions,
  whoIs: (name: string) => RelayAccount = account,
  settled: (all: readonly Installation[]) => Promise<void> = (all) => settle(...all),
): Promise<ScheduleResult> {
  const clock = new ManualClock()
  let calm = true
  let deaths = 0
  let cuts = 0
  const dies = () => {
    if (calm || rng.float() >= options.deathRate) return undefined
    deaths++
    return rng.pick(["before", "after"] as const)
  }
  const names = Array.from({ length: options.clients }, (_, k) => `P${k}`)
  const all = names.map((name) => new Installation(relay, whoIs(name), clock, dies))
  const flaky = (transport: ChatTransport & { cut(): void }): ChatTransport => ({
    closed: transport.closed,
    onEvent: (listener) => transport.onEvent(listener),
    request: async (body) => {
      const cut = (): never => {
        cuts++
        transport.cut()
        throw new AppError("application/closed", "the line broke")
      }
      const fate = calm ? 1 : rng.float()
      if (fate < options.cutRate / 2) cut()
      const answer = await transport.request(body)
      if (fate < options.cutRate) cut()
      return answer
    },
  })
  const comeOnline = async (one: Installation): Promise<void> => {
    if (one.dead) one.kill()
    try {
      await one.goOnline(flaky)
    } catch {
      if (calm) throw new Error(`${one.who.name} cannot come online`)
    }
  }
  for (const one of all) await comeOnline(one)
  const roomId = await all[0].chat.createRoom("life", names.slice(1))
  await settled(all)
  calm = false

  const sure = new Set<string>()
  const unsure = new Set<string>()
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch {
      return false
    }
  }
  for (let step = 0; step < options.steps; step++) {
    const one = rng.pick(all)
    const dice = rng.float()
    if (one.client === undefined || one.dead || dice < 0.15) await comeOnline(one)
    else if (dice < 0.25) one.goOffline()
    else if (dice < 0.3) one.kill()
    else if (options.removals && dice < 0.4) {
      const other = rng.pick(all).who
      const member = one.chat.members(roomId).some(({ accountId }) => accountId === other.accountId)
      await attempt(() =>
        Promise.resolve().then(() =>
          member ? one.chat.removeMember(roomId, other.accountId) : one.chat.addMember(roomId, other.name),
        ),
      )
    } else {
      const text = `${one.who.name} says ${step}`
      const sent = await attempt(() => Promise.resolve().then(() => one.chat.sendText(roomId, text)))
      ;(sent ? sure : unsure).add(text)
    }
    for (let turn = rng.below(4); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    if (rng.float() < 0.1) clock.advance(3_000)
  }

  calm = true
  for (let round = 0; round < 3; round++) {
    for (const one of all) if (one.dead || one.client?.online !== true) await comeOnline(one)
    await settled(all)
    clock.advance(30_000)
    await settled(all)
  }
  return { all, roomId, sure, unsure, deaths, cuts }
}
