/** What a ChatClient stands on, with ChatStorage. Each host supplies its own: the page over IndexedDB, the terminal
 *  over files, tests in memory. */

/** One connection on which the person has signed in; `ApplicationLink` with the chat channel fits behind it. */
export interface ChatTransport {
  /** The answer's body after its status. Throws AppError "application/refused/<code>" where the server refuses,
   *  anything else where the connection is gone. Many may be outstanding. */
  request(body: Uint8Array): Promise<Uint8Array>
  /** At most one listener; events come in order. */
  onEvent(listener: (body: Uint8Array) => void): void
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<unknown>
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
