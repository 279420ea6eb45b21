import { once } from "node:events"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { delay } from "@sourceprint/core/async/delay.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { lineScreen } from "@sourceprint/serve/client/chat/line-screen.js"
import { runChat } from "@sourceprint/serve/client/chat/run-chat.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import { runSignIn } from "@sourceprint/serve/client/run-client.js"
import type { ChatServer } from "./chat-server.js"
import { PATIENCE_MS } from "./patience.js"

/** A terminal client of a test: lines in, lines out. */
export interface TerminalClient {
  type(...lines: string[]): void
  /** Resolves with the output up to there when this has been printed. */
  until(text: string | RegExp): Promise<string>
  readonly output: string
  /** Ends it; false when a command could not be done. */
  quit(): Promise<boolean>
}

export async function terminalClient(server: ChatServer, name: string, password: string): Promise<TerminalClient> {
  let identity = new Uint8Array(0)
  const deps = {
    crypto: webCrypto,
    clock: systemClock,
    trusts: (shown: Uint8Array) => {
      identity = new Uint8Array(shown)
      return true
    },
  }
  const { port } = server.running
  const connect = () => connectServer({ host: "127.0.0.1", port })
  const { token, outcome } = await runSignIn({ deps, connect, tell: () => {}, sleep: delay }, { name, password })
  if (token === undefined) throw new Error(`${name} was not let in: ${outcome}`)
  const [input, output] = [new PassThrough(), new PassThrough()]
  let text = ""
  const printed = new EventTarget()
  output.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
    printed.dispatchEvent(new Event("line"))
  })
  const running = runChat({
    context: { deps, connect, token },
    screen: lineScreen(input, output, []),
    serverIdentity: identity,
    name,
    stateFolder: join(server.folder, "terminal"),
    downloadFolder: join(server.folder, "downloads"),
  })
  const client: TerminalClient = {
    type: (...lines) => void input.write(`${lines.join("\n")}\n`),
    async until(wanted) {
      const there = (): boolean => (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text))
      const signal = AbortSignal.timeout(PATIENCE_MS)
      try {
        while (!there()) await once(printed, "line", { signal })
      } catch {
        throw new Error(`${name} never saw ${String(wanted)}; there is only:\n${text}`)
      }
      return text
    },
    get output() {
      return text
    },
    quit() {
      if (!input.writableEnded) input.end("/quit\n")
      return running
    },
  }
  // Then it has been at the server, and others can find it; or it has ended, and `quit` tells why.
  await Promise.race([client.until("/help lists the commands"), running.catch(() => {})])
  return client
}
