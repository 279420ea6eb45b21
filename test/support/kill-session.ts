import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Rng } from "@sourceprint/core/rng.js"

const child = fileURLToPath(new URL("./session-child.js", import.meta.url))

/** When to kill: so long after so many touches of this run were saved. Counting touches keeps the moments spread over a
 *  session however slow the machine is. */
export interface KillMoment {
  readonly touches: number
  readonly thenMs: number
}

export const randomMoment = (rng: Rng): KillMoment => ({ touches: rng.below(4), thenMs: rng.between(0, 60) })

/** Starts the session and kills it with SIGKILL at `moment`; without, lets it end.
 *  @returns true when it reached the end of its plan */
export function runAndKill(folder: string, moment?: KillMoment, scanner?: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const args = [child, folder, ...(scanner === undefined ? [] : [scanner])]
    const running = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    let trouble = ""
    let timer: NodeJS.Timeout | undefined
    running.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString()
      const touches = output.split("saved").length - 1
      if (moment === undefined || !output.includes("started") || touches < moment.touches) return
      timer ??= setTimeout(() => running.kill("SIGKILL"), moment.thenMs)
    })
    running.stderr.on("data", (chunk: Buffer) => {
      trouble += chunk.toString()
    })
    running.once("close", (code, signal) => {
      clearTimeout(timer)
      if (code === 0 || signal === "SIGKILL") resolve(output.includes("complete"))
      else reject(new Error(`the session ended with ${code}: ${trouble}`))
    })
  })
}
