import type { Progress } from "@sourceprint/core/progress.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { Attack, AttackTarget } from "./attack.js"

export interface AttackOutcome {
  readonly id: string
  readonly title: string
  readonly attempts: number
  readonly successes: number
}

const SIDE_BY_SIDE = 8

/** Classes that follow each other and are tried at the same server. */
function sameServer(attacks: readonly Attack[]): [Attack, ...Attack[]][] {
  const groups: [Attack, ...Attack[]][] = []
  for (const attack of attacks) {
    const last = groups.at(-1)
    if (last !== undefined && last[0].bounds === attack.bounds) last.push(attack)
    else groups.push([attack])
  }
  return groups
}

/** Makes `attempts[id]` attempts of each attack, several side by side. */
export async function runAttacks(
  attacks: readonly Attack[],
  target: AttackTarget,
  attempts: Readonly<Record<string, number>>,
  seed: number,
  progress: Progress,
): Promise<AttackOutcome[]> {
  const total = attacks.reduce((sum, { id }) => sum + (attempts[id] ?? 0), 0)
  progress.start(total, "attempts")
  let done = 0
  const outcomes: AttackOutcome[] = []
  const makeAttempts = async (attack: Attack, own: AttackTarget): Promise<void> => {
    const wanted = attempts[attack.id] ?? 0
    let next = 0
    let successes = 0
    const worker = async (): Promise<void> => {
      while (next < wanted) {
        const attempt = next++
        const rng = new Rng(seed).fork(`${attack.id}/${attempt}`)
        if (await attack.run(own, attempt, rng)) successes++
        progress.update(++done, attack.id)
      }
    }
    await Promise.all(Array.from({ length: attack.alone === true ? 1 : SIDE_BY_SIDE }, worker))
    outcomes.push({ id: attack.id, title: attack.title, attempts: wanted, successes })
  }
  for (const group of sameServer(attacks.filter(({ id }) => (attempts[id] ?? 0) > 0))) {
    const inTurns = async (own: AttackTarget): Promise<void> => {
      for (const attack of group) await makeAttempts(attack, own)
    }
    const [{ bounds }] = group
    await (bounds === undefined ? inTurns(target) : target.elsewhere(bounds, inTurns))
  }
  progress.stop()
  return outcomes
}
