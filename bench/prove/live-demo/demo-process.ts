import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export const root = fileURLToPath(new URL("../../../../", import.meta.url))
export const cli = join(root, "src/cli/dist/main.js")
const run = promisify(execFile)

export interface DemoProcess {
  /** The last line that it said. */
  readonly address: string
  /** host:port of the protocol over TCP. */
  readonly server: string
  /** For the commands that look after the server. */
  readonly configFile: string
  readonly pid: number
  /** Runs a command of the program to its end. @returns what it printed */
  command(...args: string[]): Promise<string>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (typeof address !== "object" || address === null) throw new Error("no port")
  return address.port
}

/** `sourceprint demo --serve`, as a person starts it, until it has said where its page is. */
export async function startDemo(folder: string, logLine: (text: string) => void): Promise<DemoProcess> {
  const [port, httpPort] = [await freePort(), await freePort()]
  const args = ["demo", "--serve", "--data", folder, "--port", String(port), "--http-port", String(httpPort)]
  const child: ChildProcess = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  })
  const ended = once(child, "exit").then(() => {
    throw new Error("the demonstration ended before it served")
  })
  ended.catch(() => {})
  let last = ""
  const served = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      if (line.trim() === "") return
      last = line
      logLine(line)
      if (/^http:\/\//.test(line)) resolve()
    })
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", () => {})
  })
  await Promise.race([served, ended])
  return {
    address: last.replace(/\/$/, ""),
    server: `127.0.0.1:${port}`,
    configFile: join(folder, "serve.yaml"),
    pid: child.pid ?? 0,
    command: async (...words) =>
      (await run(process.execPath, [cli, ...words], { cwd: root, maxBuffer: 2 ** 24 })).stdout,
    async stop() {
      const over = once(child, "exit")
      child.kill("SIGINT")
      await over
    },
  }
}
