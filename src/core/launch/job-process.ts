import { messageOf } from "../errors.js"
import type { JobModule } from "./launcher.js"

/** The process of a job: `node job-process.js <module URL> <payload as JSON>` exits 0 finished, 1 failed, 3 stopped.
 *  Without a payload it takes jobs from the launching process over the channel of `fork`, one after another, until one
 *  fails or is stopped or the channel is closed. */
export type JobMessage =
  | { readonly kind: "progress"; readonly fraction: number; readonly note: string; readonly memoryMb: number }
  | { readonly kind: "finished" | "stopped"; readonly memoryMb: number }
  | { readonly kind: "failed"; readonly message: string; readonly memoryMb: number }

const ExitCode = { finished: 0, failed: 1, stopped: 3 } as const
const PROGRESS_EVERY_MS = 200

const [moduleUrl = "", onlyPayload] = process.argv.slice(2)
const memoryMb = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20)
const send = (message: JobMessage): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve()
    else process.send(message, undefined, undefined, () => resolve())
  })

let stopping = false
const stop = (): void => {
  stopping = true
}
process.on("message", (message: "stop" | "end" | { readonly kind: "job"; readonly payload: unknown }) => {
  if (message === "stop") stop()
  else if (message === "end") process.exit(ExitCode.finished)
  else void run(message.payload)
})
process.on("SIGTERM", stop) // a batch system asks before it kills
// Ctrl-C reaches the whole group; the launching process decides and says "stop". On its own, a job obeys.
process.on("SIGINT", () => {
  if (!process.connected) stop()
})
const hadChannel = process.connected
// The launching process is gone, even by kill -9: nobody waits for this job, the next run resumes it.
process.on("disconnect", () => process.exit(ExitCode.stopped))

let lastMs = Number.NEGATIVE_INFINITY
const control = {
  get stopping(): boolean {
    return stopping
  },
  progress(fraction: number, note: string): void {
    if (performance.now() - lastMs < PROGRESS_EVERY_MS) return
    lastMs = performance.now()
    if (hadChannel) void send({ kind: "progress", fraction, note, memoryMb: memoryMb() })
    else process.stderr.write(`${Math.floor(fraction * 100)} % ${note}\n`)
  },
}

async function run(payload: unknown): Promise<void> {
  try {
    const module = (await import(moduleUrl)) as JobModule
    const outcome = await module.runJob(payload, control)
    await send({ kind: outcome, memoryMb: memoryMb() })
    if (onlyPayload !== undefined || outcome !== "finished") process.exit(ExitCode[outcome])
  } catch (error) {
    if (process.env.SOURCEPRINT_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    await send({ kind: "failed", message: messageOf(error), memoryMb: memoryMb() })
    if (!hadChannel) process.stderr.write(`${messageOf(error)}\n`)
    process.exit(ExitCode.failed)
  }
}
if (onlyPayload !== undefined) await run(JSON.parse(onlyPayload))
