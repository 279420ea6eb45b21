import { setTimeout as delay } from "node:timers/promises"
import { hasCode, messageOf } from "../../errors.js"

export interface Patience {
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
  /** Between questions. */
  readonly everySeconds: number
  /** How long a silence may last; without it any length. */
  readonly seconds?: number | undefined
}

/** Asks Slurm again until it answers. @returns undefined when the signal came first
 *  @throws what it answers; AppError "slurm/silent" where it has been silent for too long */
export async function patiently<Answer>(
  ask: () => Promise<Answer>,
  { say, signal, everySeconds, seconds = Number.POSITIVE_INFINITY }: Patience,
): Promise<Answer | undefined> {
  const startMs = performance.now()
  let isSilent = false
  while (!signal?.aborted) {
    try {
      const answer = await ask()
      if (isSilent) say("Slurm answers again")
      return answer
    } catch (error) {
      const silentSeconds = (performance.now() - startMs) / 1000
      if (!hasCode(error, "slurm/silent") || silentSeconds > seconds) throw error
      if (!isSilent) say(`${messageOf(error)}; asks again every ${everySeconds} s`)
      isSilent = true
    }
    await delay(1000 * everySeconds, undefined, { signal }).catch(() => {}) // the loop sees that it was aborted
  }
  return undefined
}
