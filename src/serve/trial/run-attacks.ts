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
  for (const attack of attacks) {
    const wanted = attempts[attack.id] ?? 0
    if (wanted === 0) continue
    let next = 0
    let successes = 0
    const worker = async (): Promise<void> => {
      while (next < wanted) {
        const attempt = next++
        const rng = new Rng(seed).fork(`${attack.id}/${attempt}`)
        if (await attack.run(target, attempt, rng)) successes++
        progress.update(++done, attack.id)
      }
    }
    await Promise.all(Array.from({ length: attack.alone === true ? 1 : SIDE_BY_SIDE }, worker))
    outcomes.push({ id: attack.id, title: attack.title, attempts: wanted, successes })
  }
  progress.stop()
  return outcomes
}
