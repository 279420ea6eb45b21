import type { ChatStorage, StoredEntry } from "@sourceprint/protocol/chat/chat-storage.js"

/** A ChatStorage in memory whose disk outlives the client: `open` gives the storage of the next process, and that of
 *  the one before reads and writes nothing more. Before or after any write the process may die, as `dies` decides. */
export class MemoryDisk {
  private readonly values = new Map<string, Uint8Array>()
  private process = 0
  writes = 0
  largestValueBytes = 0

  open(dies: () => "before" | "after" | undefined = () => undefined): ChatStorage {
    const own = ++this.process
    let died = false
    const isDead = (): boolean => died || own !== this.process
    const alive = <T>(work: () => T): Promise<T> =>
      isDead() ? Promise.reject(new Error("this process has died")) : Promise.resolve().then(work)
    return {
      read: (key) => alive(() => copy(this.values.get(key))),
      readRange: (prefix, after, limit) =>
        alive(() => {
          const keys = this.keys(prefix).filter((key) => after === undefined || key > after)
          return keys.slice(0, limit).map((key): StoredEntry => ({ key, value: this.valueOf(key) }))
        }),
      write: (puts, deletes) => {
        const death = isDead() ? undefined : dies()
        if (death === "before") died = true
        const work = alive(() => {
          this.apply(puts, deletes)
          if (death === "after") throw new Error("this process has died")
        })
        if (death === "after") died = true
        return work
      },
    }
  }

  /** The process that has it open ends. */
  stop(): void {
    this.process++
  }

  private apply(puts: readonly StoredEntry[], deletes: readonly string[]): void {
    const put = new Set(puts.map(({ key }) => key))
    if (put.size !== puts.length || deletes.some((key) => put.has(key))) {
      throw new Error("a key is written twice in one batch")
    }
    for (const { key, value } of puts) this.values.set(key, Uint8Array.from(value))
    for (const key of deletes) this.values.delete(key)
    this.writes++
    for (const { value } of puts) this.largestValueBytes = Math.max(this.largestValueBytes, value.length)
  }

  private valueOf(key: string): Uint8Array {
    return copy(this.values.get(key)) ?? new Uint8Array(0)
  }

  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort()
  }

  /** All that lies on it, as Latin-1 text. */
  text(): string {
    return [...this.values.values()].map((value) => Buffer.from(value).toString("latin1")).join("\n")
  }

  /** Loses a value, as a damaged disk would. */
  lose(key: string): void {
    this.values.delete(key)
  }
}

const copy = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && Uint8Array.from(bytes)
