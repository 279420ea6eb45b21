/** Looks inside a pipeline: each stage records its result under a fixed key; `build` runs only if somebody listens. */
export interface Trace {
  readonly on: boolean
  record(key: string, build: () => unknown): void
}

export const noTrace: Trace = { on: false, record: () => {} }

/** Keeps every record, in order, in `entries`. */
export function collectingTrace(): Trace & { readonly entries: Map<string, unknown> } {
  const entries = new Map<string, unknown>()
  return { on: true, entries, record: (key, build) => void entries.set(key, build()) }
}
