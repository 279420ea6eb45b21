import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import type { ChatClock, ChatTransport } from "@sourceprint/protocol/chat/chat-ports.js"
import type { ChatUpdate } from "@sourceprint/protocol/chat/chat-update.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { MemoryDisk } from "./memory-chat-storage.js"
import type { RelayAccount } from "./memory-relay.js"

/** Timers that run when the test says so, in order of their time. */
export class ManualClock implements ChatClock {
  private time = 1_790_000_000_000
  private timers: { atMs: number; run: () => void }[] = []
  nowMs = (): number => this.time
  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.time + delayMs, run }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((one) => one !== timer)
    }
  }
  advance(byMs: number): void {
    const until = this.time + byMs
    for (;;) {
      const [next] = this.timers.filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      this.timers = this.timers.filter((one) => one !== next)
      this.time = next.atMs
      next.run()
    }
    this.time = until
  }
}

export const account = (name: string): RelayAccount => ({
  accountId: toHex(utf8(name.padEnd(16, "_").slice(0, 16))),
  name,
  factors: ["password", "finger", "scanner"],
})

export type Death = "before" | "after" | undefined

/** A server to which installations connect: the one in memory, or the real relay. */
export interface MeetingPlace {
  /** Its pinned key. */
  readonly serverIdentity: Uint8Array
  connect(who: RelayAccount): ChatTransport & { cut(): void }
}

/** One installation that can be switched off, killed and started again on the same disk. */
export class Installation {
  client: ChatClient | undefined
  updates: ChatUpdate[] = []
  private transport: (ChatTransport & { cut(): void }) | undefined
  readonly disk = new MemoryDisk()

  constructor(
    readonly relay: MeetingPlace,
    readonly who: RelayAccount,
    readonly clock: ManualClock,
    /** Decides at each write whether the process dies there. */
    public dies: () => Death = () => undefined,
  ) {}

  /** It died at a write and has not been started again. */
  dead = false

  get chat(): ChatClient {
    if (this.client === undefined) throw new Error(`${this.who.name} is not started`)
    return this.client
  }

  async start(): Promise<void> {
    this.client = await ChatClient.open({
      crypto: webCrypto,
      storage: this.disk.open(() => {
        const death = this.dies()
        if (death !== undefined) {
          this.dead = true
          this.goOffline() // a dead process sends nothing
        }
        return death
      }),
      clock: this.clock,
      serverIdentity: this.relay.serverIdentity,
      name: this.who.name,
      keyPackages: 6,
    })
    this.client.subscribe((update) => this.updates.push(update))
  }

  async goOnline(wrap: (transport: ChatTransport & { cut(): void }) => ChatTransport = (one) => one): Promise<void> {
    if (this.client === undefined) await this.start()
    this.transport = this.relay.connect(this.who)
    await this.chat.connect(wrap(this.transport))
  }

  goOffline(): void {
    this.transport?.cut()
    this.transport = undefined
  }

  /** The process ends as by kill -9: nothing more is written or sent. */
  kill(): void {
    this.goOffline()
    this.disk.stop()
    void this.client?.close()
    this.client = undefined
    this.dead = false
  }

  texts = async (roomId: string): Promise<string[]> =>
    (await this.chat.history(roomId, { limit: 10_000 })).flatMap(({ body }) =>
      body.type === "text" ? [body.text] : [],
    )
}

/** Until nobody has anything to do any more. */
export async function settle(...installations: readonly Installation[]): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const before = installations.map(({ disk }) => disk.writes).join()
    for (const { client } of installations) await client?.settled()
    await new Promise((resolve) => setImmediate(resolve))
    quiet = before === installations.map(({ disk }) => disk.writes).join() ? quiet + 1 : 0
  }
}
