/** How far the peer's clock is ahead of ours, from one message that carried its time.
 *  @param sentMs when our message left @param peerMs the time that the answer carried @param receivedMs when it came
 *  @returns skew in ms; the truth lies within `uncertaintyMs` of it */
export function clockSkew(
  sentMs: number,
  peerMs: number,
  receivedMs: number,
): { readonly skewMs: number; readonly uncertaintyMs: number } {
  return { skewMs: peerMs - (sentMs + receivedMs) / 2, uncertaintyMs: Math.max(0, receivedMs - sentMs) / 2 }
}

/** True when a time by the peer's clock lies within ±windowMs of now by ours. */
export const isFresh = (peerTimeMs: number, skewMs: number, nowMs: number, windowMs: number): boolean =>
  Math.abs(peerTimeMs - skewMs - nowMs) <= windowMs
