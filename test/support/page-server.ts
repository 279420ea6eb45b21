import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Device } from "../../src/protocol/device-signature.js"
import type { FramePort } from "../../src/protocol/frame-port.js"
import { webCrypto } from "../../src/protocol/web-crypto.js"
import { connectServer } from "../../src/serve/client/connect-server.js"
import type { AuthPolicy } from "../../src/serve/server/auth/auth-deps.js"
import type { Inspector } from "../../src/serve/server/auth/inspector.js"
import { type RunningServer, runServer } from "../../src/serve/server/run-server.js"
import { ServeConfig } from "../../src/serve/server/serve-config.js"
import { toHex } from "../../src/shared/bytes.js"
import { silentLog } from "../../src/shared/log.js"
import type { Store } from "../../src/shared/store/store.js"
import { textInspector } from "./auth-server.js"

export interface PageServer {
  /** http://127.0.0.1:<port> */
  readonly origin: string
  readonly store: Store
  /** The protocol over TCP. */
  connect(): Promise<FramePort>
  /** Registers a scanner's computer with a fresh key. */
  addDevice(deviceId: string, scannerId: string): Promise<Device>
  /** Stops it and starts it again on the same ports and store. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** The real server with its pages. Open sign-up and the password alone unless told; images are judged as text. */
export async function pageServer({
  policy = {},
  inspector = textInspector,
}: {
  policy?: Partial<AuthPolicy>
  inspector?: Inspector
} = {}): Promise<PageServer> {
  const folder = await mkdtemp(join(tmpdir(), "web-"))
  const tuning = {
    policy: { ways: [["password"]], enrolment: "open", ...policy } as const,
    stopGraceMs: 100,
  }
  const start = (port: number, httpPort: number): Promise<RunningServer> => {
    const files = { store: join(folder, "s.db"), keyFile: join(folder, "master.keys") }
    const config = ServeConfig.parse({ port, httpPort, ...files, matching: { threads: 1 } })
    return runServer(config, () => Promise.resolve(inspector), silentLog, tuning)
  }
  let running = await start(0, 0)
  const { port, httpPort } = running
  return {
    origin: `http://127.0.0.1:${httpPort}`,
    get store() {
      return running.deps.store
    },
    connect: () => connectServer({ host: "127.0.0.1", port }),
    async addDevice(deviceId, scannerId) {
      const signer = await webCrypto.signer(randomBytes(32))
      const device = { id: deviceId, scannerId, publicKey: toHex(signer.publicKey), createdAtMs: 0 }
      await running.deps.store.addDevice(device, { atMs: 0, event: "admin", reason: "device-added" })
      return { deviceId, scannerId, signer }
    },
    async restart() {
      await running.stop()
      running = await start(port, httpPort)
    },
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true })
    },
  }
}
