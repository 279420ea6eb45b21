import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import { type RunningServer, runServer, type ServerTuning } from "@sourceprint/serve/server/run-server.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { textInspector } from "./auth-server.js"

/** The real server with its pages and its chat, under a policy that asks for a password alone. */
export interface ChatServer {
  readonly running: RunningServer
  /** http://127.0.0.1:<port> */
  readonly origin: string
  /** Of the store, the keys and everything else that it writes. */
  readonly folder: string
  signUp(name: string, password: string): Promise<void>
  /** Stops it and starts it again on the same ports and store. */
  restart(between?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function chatServer(tuning: Pick<ServerTuning, "withoutChannels"> = {}): Promise<ChatServer> {
  const folder = await mkdtemp(join(tmpdir(), "chat-server-"))
  const start = (port: number, httpPort: number): Promise<RunningServer> =>
    runServer(
      ServeConfig.parse({
        port,
        httpPort,
        store: join(folder, "s.db"),
        keyFile: join(folder, "master.keys"),
        policy: { enrolment: "open" },
        matching: { threads: 1 },
      }),
      () => Promise.resolve(textInspector),
      silentLog,
      { ...tuning, policy: { factorPolicies: [["password"]] } },
    )
  let running = await start(0, 0)
  const { port, httpPort } = running
  return {
    get running() {
      return running
    },
    folder,
    origin: `http://127.0.0.1:${httpPort}`,
    async signUp(name, password) {
      const deps = { crypto: webCrypto, clock: systemClock, trusts: () => true }
      const session = await ClientSession.open(deps, await connectServer({ host: "127.0.0.1", port }))
      const enrolmentId = webCrypto.randomBytes(32)
      const answer = await session.enrol({ name, password, enrolmentId, code: "", finger: "right-index" })
      session.close()
      if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) {
        throw new Error(`${name} was not enrolled: ${JSON.stringify(answer)}`)
      }
    },
    async restart(between) {
      await running.stop()
      await between?.()
      running = await start(port, httpPort)
    },
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true })
    },
  }
}
