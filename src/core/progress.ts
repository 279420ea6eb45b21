/** Progress of long work. The library reports through this port; the terminal line lives in `cli`. */
export interface Progress {
  /** `total` units of work lie ahead; `unit` names them in the plural ("jobs", "comparisons"). */
  start(total: number, unit: string): void
  /** `done` units are finished; `note` is a short word on the current one. */
  update(done: number, note?: string): void
  /** Ends the display; call it also after a failure. */
  stop(): void
}

/** Shows nothing. */
export const noProgress: Progress = { start: () => {}, update: () => {}, stop: () => {} }

/** Milliseconds left, from the mean pace so far; undefined until one unit of this run is done. */
export function remainingMs(done: number, total: number, elapsedMs: number): number | undefined {
  return done <= 0 ? undefined : Math.max(0, ((total - done) * elapsedMs) / done)
}

/** "45 s", "3 min 20 s", "1 h 05 min". */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")} min`
}
