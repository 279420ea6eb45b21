import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { AppError } from "@sourceprint/core/errors.js"

/** What crosses the thread's border. */
export interface StoreCall {
  readonly id: number
  readonly part: string
  readonly method: string
  readonly args: readonly unknown[]
  readonly askedAtMs: number
}

export interface StoreReply {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: string | undefined; readonly message: string }
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A store on a thread of its own: SQLite blocks the thread that it runs on while the disk is busy or another process
 *  holds the file, and the server's thread has connections to carry. A thread that ends is started again by the next
 *  call. */
export class StoreThread {
  private lastId = 0
  private readonly waiting = new Map<number, Waiting>()
  private worker: Worker | undefined
  private starting: Promise<unknown> | undefined
  private closed = false

  private constructor(
    private readonly script: URL,
    private readonly data: unknown,
  ) {}

  /** @param script calls `answerCalls` @returns the thread and what its opening gave @throws what the opening threw */
  static async open<Opened>(script: URL, data: unknown): Promise<{ thread: StoreThread; opened: Opened }> {
    const thread = new StoreThread(script, data)
    return { thread, opened: (await thread.start()) as Opened }
  }

  /** The methods of a part, each a call to the thread. @param own methods that are answered here */
  part<Part extends object>(name: string, own: Partial<Part> = {}): Part {
    const calls = new Map<string | symbol, unknown>()
    return new Proxy(own as Part, {
      get: (target, method) => {
        if (method in target) return Reflect.get(target, method) as unknown
        if (typeof method !== "string" || method === "then") return undefined
        let call = calls.get(method)
        if (call === undefined) {
          call = (...args: unknown[]) => this.call(name, method, args)
          calls.set(method, call)
        }
        return call
      },
    })
  }

  /** @throws AppError of the method's own, "store/lost" when the thread ended meanwhile, "store/busy" for a call that
   *  waited for too long */
  async call(part: string, method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.closed) throw lost("it was closed")
    if (this.worker === undefined) {
      this.starting ??= this.start()
      await this.starting
    }
    return this.ask(part, method, args)
  }

  async close(part: string): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.starting?.catch(() => {}) // whoever called was told
    const { worker } = this
    if (worker === undefined) return
    const gone = once(worker, "exit")
    await this.ask(part, "close", [])
    await gone
  }

  private ask(part: string, method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.worker === undefined) return reject(lost("it could not be started"))
      const id = ++this.lastId
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ id, part, method, args, askedAtMs: monotonicMs() })
    })
  }

  private async start(): Promise<unknown> {
    const worker = new Worker(this.script, { workerData: this.data })
    const opened = new Promise((resolve, reject) => this.waiting.set(0, { resolve, reject }))
    worker.on("message", ({ id, result, error }: StoreReply) => {
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(revived(error))
    })
    worker.on("error", (cause) => this.ended(worker, cause))
    worker.on("exit", () => this.ended(worker))
    try {
      const result = await opened
      this.worker = worker
      return result
    } catch (error) {
      await worker.terminate()
      throw error
    } finally {
      this.starting = undefined
    }
  }

  private ended(worker: Worker, cause?: unknown): void {
    if (this.worker === worker) this.worker = undefined
    const error = lost("try again", cause)
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}

/** One clock for all threads of the process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

/** The message already ends in the code; AppError would add it again. */
function revived({ code, message }: { code: string | undefined; message: string }): Error {
  return code === undefined ? new Error(message) : new AppError(code, message.replace(` [${code}]`, ""))
}

const lost = (what: string, cause?: unknown): AppError =>
  new AppError("store/lost", `the store's thread has ended: ${what}`, { cause })
