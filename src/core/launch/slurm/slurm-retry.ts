import { withRetry } from "../../async/with-retry.js"
import { hasCode, messageOf } from "../../errors.js"

export interface SlurmRetryOptions {
  readonly logLine: (line: string) => void
  readonly signal?: AbortSignal | undefined
  /** Between questions. */
  readonly everySeconds: number
  /** How long a silence may last; without it any length. */
  readonly seconds?: number | undefined
}

/** Asks Slurm again until it answers. @returns undefined when the signal came first
 *  @throws what it answers; AppError "slurm/silent" where it has been silent for too long */
export async function withSlurmRetry<Answer>(
  ask: () => Promise<Answer>,
  { logLine, signal, everySeconds, seconds = Number.POSITIVE_INFINITY }: SlurmRetryOptions,
): Promise<Answer | undefined> {
  const startMs = performance.now()
  let isSilent = false
  try {
    const answer = await withRetry(ask, {
      firstMs: 1000 * everySeconds,
      signal,
      mayPass: (error) => hasCode(error, "slurm/silent") && (performance.now() - startMs) / 1000 <= seconds,
      onFailure(error) {
        if (!isSilent) logLine(`${messageOf(error)}; asks again every ${everySeconds} s`)
        isSilent = true
      },
    })
    if (isSilent) logLine("Slurm answers again")
    return answer
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined
    throw error
  }
}
