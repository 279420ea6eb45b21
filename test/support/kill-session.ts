import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const child = fileURLToPath(new URL("./session-child.js", import.meta.url))

/** Starts the session and kills it with SIGKILL after `afterMs`; without, lets it end.
 *  @returns what it printed, "" when it was killed before its end */
export function killedSession(folder: string, afterMs?: number, scanner?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [child, folder, ...(scanner === undefined ? [] : [scanner])]
    const running = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    let trouble = ""
    running.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
    running.stderr.on("data", (chunk: Buffer) => {
      trouble += chunk.toString()
    })
    const timer = afterMs === undefined ? undefined : setTimeout(() => running.kill("SIGKILL"), afterMs)
    running.once("exit", (code, signal) => {
      clearTimeout(timer)
      if (code === 0 || signal === "SIGKILL") resolve(output.trim())
      else reject(new Error(`the session ended with ${code}: ${trouble}`))
    })
  })
}
