/** How far a queue has come since it was last empty. */
export interface QueueProgress {
  readonly done: number
  readonly total: number
}

/** After the queue was seen with other ids. @returns undefined while nothing waits */
export function queueProgress(
  before: QueueProgress | undefined,
  was: readonly { readonly id: string }[],
  is: readonly { readonly id: string }[],
): QueueProgress | undefined {
  if (is.length === 0) return undefined
  const waits = new Set(is.map(({ id }) => id))
  const gone = was.reduce((count, { id }) => count + (waits.has(id) ? 0 : 1), 0)
  const done = (before?.done ?? 0) + (before === undefined ? 0 : gone)
  return { done, total: done + is.length }
}
