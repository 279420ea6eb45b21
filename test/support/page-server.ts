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
import { runServer } from "../../src/serve/server/run-server.js"
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
  const config = ServeConfig.parse({
    port: 0,
    httpPort: 0,
    store: join(folder, "s.db"),
    keyFile: join(folder, "master.keys"),
    matching: { threads: 1 },
  })
  const tuning = { policy: { ways: [["password"]], enrolment: "open", ...policy } as const }
  const running = await runServer(config, () => Promise.resolve(inspector), silentLog, tuning)
  const { store } = running.deps
  return {
    origin: `http://127.0.0.1:${running.httpPort}`,
    store,
    connect: () => connectServer({ host: "127.0.0.1", port: running.port }),
    async addDevice(deviceId, scannerId) {
      const signer = await webCrypto.signer(randomBytes(32))
      const device = { id: deviceId, scannerId, publicKey: toHex(signer.publicKey), createdAtMs: 0 }
      await store.addDevice(device, { atMs: 0, event: "admin", reason: "device-added" })
      return { deviceId, scannerId, signer }
    },
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true })
    },
  }
}
