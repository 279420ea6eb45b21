/** Resolves after `ms`, or as soon as the signal is aborted: a loop looks at the signal itself. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener("abort", done, { once: true })
    if (signal?.aborted === true) done()
  })
}

/** What the work gives, or `late` when that takes longer than `ms`; the work itself continues. */
export async function within<Result, const Late>(
  work: Promise<Result>,
  ms: number,
  late: Late,
): Promise<Result | Late> {
  const done = new AbortController()
  try {
    return await Promise.race([work, delay(ms, done.signal).then(() => late)])
  } finally {
    done.abort()
  }
}
