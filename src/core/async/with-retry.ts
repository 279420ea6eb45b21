import { delay } from "./delay.js"

export interface BackOff {
  /** The pause after the first failure; each one after that is twice as long. */
  readonly firstMs: number
  /** No pause is longer; without it all are as long as the first. */
  readonly longestMs?: number
  /** Pauses are shorter by up to this part, at random, so that many do not come back at one instant. In [0, 1] */
  readonly jitter?: number
}

/** The pause after so many failures before this one, in ms. */
export const backOffMs = (failures: number, { firstMs, longestMs = firstMs, jitter = 0 }: BackOff): number =>
  Math.min(longestMs, firstMs * 2 ** failures) * (1 - jitter * Math.random())

export interface RetryOptions extends BackOff {
  /** Whether another attempt may help; without it always. */
  readonly mayPass?: (error: unknown) => boolean
  /** Called before each pause; it may throw to give up. */
  readonly onFailure?: (error: unknown, failures: number, waitMs: number) => void
  readonly signal?: AbortSignal | undefined
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined
}

/** Tries again, after growing pauses, until it succeeds.
 *  @throws what the attempt throws, where that may not pass; the signal's reason once it is aborted */
export async function withRetry<Result>(
  attempt: () => Promise<Result>,
  { mayPass = () => true, onFailure, signal, sleep = delay, ...backOff }: RetryOptions,
): Promise<Result> {
  for (let failures = 0; ; failures++) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      if (!mayPass(error)) throw error
      const waitMs = backOffMs(failures, backOff)
      onFailure?.(error, failures, waitMs)
      await sleep(waitMs, signal)
    }
  }
}
