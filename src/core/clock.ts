/** Time as an argument, so that tests need no sleeps. */
export interface Clock {
  /** Wall time, milliseconds since 1970 (UTC). */
  nowMs(): number
  /** Never goes back; only differences mean anything. */
  monotonicMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
