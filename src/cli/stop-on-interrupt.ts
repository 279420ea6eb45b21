/** Runs `work` with a signal that Ctrl-C (or a batch system's SIGTERM) aborts: the work saves its state and returns.
 *  A second Ctrl-C ends the program at once. */
export async function stopOnInterrupt<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  const stop = (): void => {
    process.stderr.write("\nstopping; what is done is kept (again: stop at once)\n")
    controller.abort()
  }
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
  try {
    return await work(controller.signal)
  } finally {
    process.removeListener("SIGINT", stop)
    process.removeListener("SIGTERM", stop)
  }
}
