import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { AppError } from "@sourceprint/core/errors.js"

export interface ServerProcess {
  readonly child: ChildProcess
  readonly port: number
  /** Hex, as the server prints it. */
  readonly identity: string
  /** SIGKILL: nothing is flushed, nothing said goodbye. */
  kill(): Promise<void>
}

/** `sourceprint serve` as a process of its own. @param cli path of `cli/main.js` @param env beside this process's */
export async function startServerProcess(
  cli: string,
  configPath: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [cli, "serve", "--config", configPath, "--log-level", "error"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  })
  let complaint = ""
  child.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }
  let port: number | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    port ??= Number(/^sourceprint serves \S+:(\d+)/.exec(line)?.[1] ?? Number.NaN) || undefined
    const identity = /^identity ([0-9a-f]{64})$/.exec(line)?.[1]
    if (identity !== undefined && port !== undefined) {
      child.stdout.resume()
      return { child, port, identity, kill }
    }
  }
  await kill()
  throw new AppError("trial/server", `the server did not start: ${complaint.trim()}`)
}
