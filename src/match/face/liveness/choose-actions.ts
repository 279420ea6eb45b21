import type { LivenessAction } from "./check-actions.js"

const turns: readonly LivenessAction[] = ["turnLeft", "turnRight"]

/** A random challenge: different actions of the pool, at least one of them a turn, which a flat picture cannot do.
 *  @param pool with at least one turn @param count 1 to the pool's size
 *  @param pick a uniform integer from 0 to below its argument; unpredictable, or the challenge is worth nothing */
export function chooseActions(
  pool: readonly LivenessAction[],
  count: number,
  pick: (below: number) => number,
): readonly LivenessAction[] {
  if (count < 1 || count > pool.length || !pool.some((action) => turns.includes(action))) {
    throw new RangeError(`cannot choose ${count} actions with a turn from ${pool.join(", ")}`)
  }
  for (;;) {
    const left = [...pool]
    const chosen = Array.from({ length: count }, () => left.splice(pick(left.length), 1)[0])
    if (chosen.some((action) => turns.includes(action))) return chosen
  }
}
