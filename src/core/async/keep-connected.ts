import { delay } from "./delay.js"
import { type BackOff, backOffMs } from "./with-retry.js"

export interface KeepOptions extends BackOff {
  readonly signal: AbortSignal
  /** A connection that held for so long was a good one: the next pause is the first again. */
  readonly steadyMs: number
  /** Whether another connection may help; without it always. */
  readonly mayPass?: (error: unknown) => boolean
  /** Called before each pause; `error` is undefined where the connection ended by itself. */
  readonly onLost?: (error: unknown, waitMs: number, losses: number) => void
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Connects again, after growing pauses, whenever the connection is lost, until the signal is aborted.
 *  @param hold connects, calls `connected`, and settles when the connection is lost; it looks at the signal itself
 *  @throws what `hold` throws, where that may not pass */
export async function keepConnected(
  hold: (connected: () => void) => Promise<void>,
  { signal, steadyMs, mayPass = () => true, onLost, sleep = delay, ...backOff }: KeepOptions,
): Promise<void> {
  for (let losses = 0; !signal.aborted; ) {
    let connectedAtMs = Number.POSITIVE_INFINITY
    const connected = (): void => {
      connectedAtMs = performance.now()
    }
    const error: unknown = await hold(connected).catch((failure: unknown) => {
      if (!signal.aborted && !mayPass(failure)) throw failure
      return failure
    })
    if (signal.aborted) return
    if (performance.now() - connectedAtMs >= steadyMs) losses = 0
    const waitMs = backOffMs(losses++, backOff)
    onLost?.(error, waitMs, losses)
    await sleep(waitMs, signal)
  }
}
