import { join } from "node:path"
import type { FingerSimulator } from "@sourceprint/capture/fingerprint/twin/device/finger-simulator.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { ClientState } from "../client/client-state.js"
import { connectServer } from "../client/connect-server.js"
import { runScanner } from "../client/run-scanner.js"
import type { RunningServer, ServerTuning } from "../server/run-server.js"
import { ServeConfig } from "../server/serve-config.js"
import type { Store } from "../store/store.js"
import { type DemoScanner, demoPanel } from "./demo-panel.js"
import { HandChoices } from "./hand-choices.js"
import { twinScanner } from "./twin-scanner.js"

export interface DemoServerOptions {
  /** For the devices' keys; what is there continues. */
  readonly folder: string
  readonly files: { readonly store: string; readonly keyFile: string }
  readonly ports: { readonly port: number; readonly httpPort: number }
  readonly scanners: readonly DemoScanner[]
  readonly fingerSimulator: FingerSimulator
  /** Beside open sign-up. */
  readonly policy: Partial<ServeConfig["policy"]>
  readonly matching: Partial<ServeConfig["matching"]>
  /** Starts the server with matcher and models; it comes from `cli`, or from a test. */
  start(config: ServeConfig, tuning: ServerTuning): Promise<RunningServer>
  /** What the scanners say to whoever stands before them. */
  logLine(scannerId: string, text: string): void
  readonly reachMs?: number
}

export interface DemoServer {
  readonly server: RunningServer
  readonly choices: HandChoices
  /** The page. By name and not by number: passkeys need a name. */
  readonly address: string
  stop(): Promise<void>
}

const FREE_FAILURES = 30

/** The device of a scanner: its key is made once in the folder, and registered with the store. */
async function deviceOf(folder: string, store: Store, scannerId: string): Promise<Device> {
  const state = new ClientState(join(folder, scannerId), webCrypto)
  await makeFolder(join(folder, scannerId))
  const device = await state.makeDevice(`desk-${scannerId}`, scannerId)
  const { deviceId, signer } = device
  if ((await store.device(deviceId)) === undefined) {
    const atMs = Date.now()
    const stored = { id: deviceId, scannerId, publicKey: toHex(signer.publicKey), createdAtMs: atMs }
    await store.addDevice(stored, {
      atMs,
      event: "admin",
      reason: "device-added",
      address: "local",
      deviceId,
    })
  }
  return device
}

/** A server on this machine with open sign-up, simulated scanners linked to it, and the panel. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { folder, files, ports, scanners, fingerSimulator, policy, matching, start, logLine } = options
  const choices = new HandChoices()
  const config = ServeConfig.parse({
    ...ports,
    ...files,
    // A simulated finger is nobody's: the page may show the whole capture once it passed.
    policy: { enrolment: "open", linkedImage: "after-pass", ...policy },
    matching,
    ...(ports.httpPort === 0
      ? {} // a passkey is bound to an address that is known before
      : { passkeys: { rpId: "localhost", origins: [`http://localhost:${ports.httpPort}`] } }),
    limits: { failuresPerPair: FREE_FAILURES }, // impostors are to be tried here
  })
  const server = await start(config, { demo: demoPanel(scanners, choices) })
  const over = new AbortController()
  const running: Promise<void>[] = []
  const closing: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    over.abort()
    await Promise.allSettled(running)
    for (const close of closing) await close()
    await server.stop()
  }
  try {
    for (const { scannerId, words, other } of scanners) {
      const tell = (text: string): void => logLine(scannerId, text)
      const { reachMs } = options
      const twin = await twinScanner({
        fingerSimulator,
        unit: scannerId,
        other,
        choices,
        logLine: tell,
        ...(reachMs === undefined ? {} : { reachMs }),
      })
      closing.push(twin.close)
      const context = {
        deps: {
          crypto: webCrypto,
          clock: systemClock,
          trusts: (identity: Uint8Array) => toHex(identity) === server.identity,
        },
        connect: () => connectServer({ host: config.host, port: server.port }),
        device: await deviceOf(folder, server.deps.store, scannerId),
        words,
        handlers: twin.handlers,
        logLine: tell,
      }
      await new Promise<void>((linked, reject) => {
        const run = runScanner({ ...context, linked }, over.signal)
        running.push(run)
        run.catch((error: unknown) => {
          tell(`has given up: ${messageOf(error)}`)
          reject(error)
        })
      })
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { server, choices, address: `http://localhost:${server.httpPort}/`, stop }
}
