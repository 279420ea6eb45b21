import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { silentLog } from "@sourceprint/core/log.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { masterKeys } from "@sourceprint/serve/server/master-keys.js"
import { socketPort } from "@sourceprint/serve/stream-port.js"
import { stringify } from "yaml"
import { type ServerProcess, startServerProcess } from "../../../test/support/server-process.js"

const cli = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))

/** Server processes on one store, as clients find them: some may be gone. */
export interface ChatServers {
  /** Hex; one for all servers of a store. */
  readonly identity: string
  readonly alive: readonly (ServerProcess | undefined)[]
  start(index: number): Promise<void>
  /** SIGKILL. */
  kill(index: number): Promise<void>
  /** To a server that lives, the `preferred` one if it does; waits while there is none. */
  connect(preferred: number): Promise<FramePort>
  killAll(): Promise<void>
}

/** Password alone suffices: how people prove themselves is not what is looked at here.
 *  @param store SQLite file or postgres://…  @param count servers on it */
export async function chatServers(folder: string, store: string, count: number): Promise<ChatServers> {
  const keyFile = join(folder, "master.keys")
  await masterKeys(keyFile, silentLog)
  const configs = Array.from({ length: count }, (_, index) => join(folder, `serve-${index}.yaml`))
  for (const path of configs) {
    const config = {
      port: 0,
      httpPort: 0,
      store,
      keyFile,
      policy: { factors: ["password"], enrolment: "open" },
      matching: { threads: 1 },
      // What a kill breaks off stays counted as a failure, and everybody here comes from one address.
      limits: { failuresPerPair: 1_000_000, failuresPerAccount: 1_000_000, failuresPerAddress: 1_000_000 },
    }
    await writeFileAtomic(path, stringify(config))
  }
  const alive: (ServerProcess | undefined)[] = configs.map(() => undefined)
  let identity = ""
  const start = async (index: number): Promise<void> => {
    const server = await startServerProcess(cli, configs[index])
    identity = server.identity
    alive[index] = server
  }
  const kill = async (index: number): Promise<void> => {
    const server = alive[index]
    alive[index] = undefined
    await server?.kill()
  }
  for (let index = 0; index < count; index++) await start(index)
  return {
    get identity() {
      return identity
    },
    alive,
    start,
    kill,
    async connect(preferred) {
      for (;;) {
        const server = alive[preferred] ?? alive.find((one) => one !== undefined)
        if (server !== undefined) return connectTo(server.port)
        await pause(20)
      }
    },
    async killAll() {
      for (let index = 0; index < count; index++) await kill(index)
    },
  }
}

/** Rejects where nobody listens. */
export async function connectTo(port: number): Promise<FramePort> {
  const socket = connect(port, "127.0.0.1")
  await once(socket, "connect")
  return socketPort(socket)
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
