import { existsSync } from "node:fs"
import { appendFile, readFile, writeFile } from "node:fs/promises"
import { delay } from "@sourceprint/core/async/delay.js"
import type { JobControl } from "@sourceprint/core/launch/launcher.js"

/** What a test job should do; `log` is a file that gets one line each time it starts. */
export interface TestJob {
  readonly act:
    | "finish"
    | "throw"
    | "crash-once"
    | "crash"
    | "eat-memory"
    | "eat-memory-once"
    | "save-and-stop-once"
    | "run-until-stopped"
    | "deaf"
    | "interrupted"
    | "stop-once"
    | "wait-for-file"
  readonly log: string
}

/** The saved state of a test job. */
export const statePath = (log: string): string => `${log}.state`

/** Jobs that behave badly on purpose, run in real worker processes by the launcher tests. */
export async function runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped"> {
  const { act, log } = payload as TestJob
  await appendFile(log, `${process.pid}\n`)
  if (act === "throw") throw new Error("this job cannot succeed")
  if (act === "crash") process.kill(process.pid, "SIGKILL")
  if (act === "crash-once" && !existsSync(`${log}.crashed`)) {
    await writeFile(`${log}.crashed`, "")
    process.kill(process.pid, "SIGKILL")
    await delay(10_000)
  }
  while (act === "deaf") {
    control.progress(0.5, "half way")
    await delay(5)
  }
  if (act === "interrupted") {
    process.removeAllListeners("SIGINT") // as in a process that has only just begun
    process.kill(process.pid, "SIGINT")
    await delay(10_000)
  }
  const state = statePath(log)
  if (existsSync(state) && (await readFile(state, "utf8")) !== "half") throw new Error("a spoiled state")
  const isFirst = !existsSync(state)
  if ((act === "eat-memory-once" || act === "save-and-stop-once") && isFirst) await writeFile(state, "half")
  if (act === "save-and-stop-once" && isFirst) {
    while (!control.stopping) await delay(5)
    return "stopped"
  }
  if (act === "eat-memory" || (act === "eat-memory-once" && isFirst)) {
    const eaten: Uint8Array[] = []
    for (;;) {
      eaten.push(new Uint8Array(16 * 2 ** 20).fill(1))
      await delay(5)
    }
  }
  while (act === "wait-for-file" && !existsSync(`${log}.go`)) await delay(20)
  if (act === "stop-once" && !existsSync(`${log}.stopped`)) {
    while (!control.stopping) await delay(5)
    await writeFile(`${log}.stopped`, "")
    return "stopped"
  }
  while (act === "run-until-stopped" && !control.stopping) {
    control.progress(0.5, "half way")
    await delay(5)
  }
  return act === "run-until-stopped" ? "stopped" : "finished"
}
