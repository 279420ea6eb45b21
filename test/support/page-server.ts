import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toHex } from "@sourceprint/core/bytes.js"
import { silentLog } from "@sourceprint/core/log.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { connectServer } from "@sourceprint/serve/client/connect-server.js"
import type { AuthPolicy } from "@sourceprint/serve/server/auth/auth-deps.js"
import type { Inspector } from "@sourceprint/serve/server/auth/inspection/inspector.js"
import { type RunningServer, runServer } from "@sourceprint/serve/server/run-server.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import type { Store } from "@sourceprint/serve/store/store.js"
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
    policy: { factorPolicies: [["password"]], enrolment: "open", ...policy } as const,
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
