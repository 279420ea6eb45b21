/** Runs tasks one after another in the order they came. A task that throws does not stop the next. */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task)
    this.last = result.catch(() => undefined)
    return result
  }

  /** When everything that had been given has run. */
  get idle(): Promise<unknown> {
    return this.last
  }
}
