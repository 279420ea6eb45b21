/** What a ChatClient stands on. Each host supplies its own: the page over IndexedDB, the terminal over files, tests in
 *  memory. */

/** One connection on which the person has signed in; `ApplicationLink` with the chat channel fits behind it. */
export interface ChatTransport {
  /** The answer's body after its status. Throws AppError "application/refused/<code>" where the server refuses, anything else
   *  where the connection is gone. Many may be outstanding. */
  request(body: Uint8Array): Promise<Uint8Array>
  /** At most one listener; events come in order. */
  onEvent(listener: (body: Uint8Array) => void): void
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<unknown>
}

export type StoragePut = readonly [key: string, value: Uint8Array]

/** A small ordered key-value store on this device, sealed at rest by its implementation. Keys are ASCII, at most 128
 *  characters, ordered by code unit. No value passes 1 MiB; what grows lies under a key for each item. */
export interface ChatStorage {
  read(key: string): Promise<Uint8Array | undefined>
  /** Entries whose key begins with `prefix` and is above `after` (if given), ascending, at most `limit`. */
  readRange(prefix: string, after: string | undefined, limit: number): Promise<readonly StoragePut[]>
  /** All of it or nothing, even if the machine stops half-way; durable when it resolves. */
  write(puts: readonly StoragePut[], deletes: readonly string[]): Promise<void>
}

export interface ChatClock {
  /** Wall time, ms since 1970. */
  nowMs(): number
  /** Runs once after so long; the returned function calls it off. */
  after(delayMs: number, run: () => void): () => void
}

export const systemChatClock: ChatClock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
