import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { stringify } from "yaml"
import type { FramePort } from "../../../src/protocol/frame-port.js"
import { masterKeys } from "../../../src/serve/server/run-server.js"
import { socketPort } from "../../../src/serve/stream-port.js"
import { type ServerProcess, startServerProcess } from "../../../src/serve/trial/server-process.js"
import { silentLog } from "../../../src/shared/log.js"
import { writeFileAtomic } from "../../../src/shared/store/atomic-file.js"

const cli = fileURLToPath(new URL("../../../src/cli/main.js", import.meta.url))

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
