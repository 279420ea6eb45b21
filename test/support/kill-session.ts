import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const child = fileURLToPath(new URL("./session-child.js", import.meta.url))

/** Starts the session and kills it with SIGKILL `afterMs` after its first touch is asked for; without, lets it end.
 *  @returns what it printed, "" when it was killed before its end */
export function killedSession(folder: string, afterMs?: number, scanner?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [child, folder, ...(scanner === undefined ? [] : [scanner])]
    const running = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    let trouble = ""
    let timer: NodeJS.Timeout | undefined
    running.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString()
      if (afterMs !== undefined) timer ??= setTimeout(() => running.kill("SIGKILL"), afterMs)
    })
    running.stderr.on("data", (chunk: Buffer) => {
      trouble += chunk.toString()
    })
    running.once("exit", (code, signal) => {
      clearTimeout(timer)
      if (code === 0 || signal === "SIGKILL") resolve(output.replace("started", "").trim())
      else reject(new Error(`the session ended with ${code}: ${trouble}`))
    })
  })
}
