/** After `free` failures each further one doubles the wait from 1 s up to `maxMs`. */
export interface BackOffRule {
  readonly free: number
  readonly maxMs: number
}

/** How long the next attempt has to wait after `count` failures, the last one at `lastMs`; 0 when it need not. A last
 *  one in the future, written before the clock was set back, counts as now. */
export function backOffMs(rule: BackOffRule, count: number, lastMs: number, nowMs: number): number {
  if (count < rule.free) return 0
  const pauseMs = Math.min(rule.maxMs, 1000 * 2 ** Math.min(30, count - rule.free))
  return Math.max(0, Math.min(lastMs, nowMs) + pauseMs - nowMs)
}
