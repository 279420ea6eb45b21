import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { connect, type Socket } from "node:net"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import type { KeyStretching } from "@sourceprint/protocol/opaque.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { type ClientContext, runEnrolment } from "../client/run-client.js"
import type { Inspector } from "../server/auth/inspection/inspector.js"
import type { LimitRules } from "../server/auth/limits.js"
import { type RunningServer, runServer, type ServerTuning } from "../server/run-server.js"
import { ServeConfig } from "../server/serve-config.js"
import type { Store } from "../store/store.js"
import { socketPort } from "../stream-port.js"
import type { AttackTarget, Victim } from "./attack.js"

/** Argon2id at its cheapest: the cost of a guess is the client's own and no attack here is about it. */
export const quickStretching: KeyStretching = { memoryKib: 1024, iterations: 1, parallelism: 1 }

/** No back-off: every attempt is to reach the check that must refuse it. */
const noLimit = { free: Number.POSITIVE_INFINITY, maxMs: 0 }
export const noLimits: LimitRules = { pair: noLimit, stranger: noLimit, device: noLimit, address: noLimit }

export interface AttackContextOptions {
  /** For the store and the key file. */
  readonly folder: string
  readonly makeInspector: () => Promise<Inspector>
  readonly factors: readonly ("password" | "finger" | "scanner")[]
  freshImpression(): Uint8Array
  readonly strangersImpression: Uint8Array
  readonly store?: string
  /** Of the inspection pool and its queue; 1 unless told. */
  readonly threads?: number
  readonly tuning?: ServerTuning
  /** In place of the trial's, a key each. */
  readonly config?: Partial<ServeConfig>
  /** How long its clients wait for an answer; 3 s, since many attacks end in silence. */
  readonly answerTimeoutMs?: number
}

export interface AttackContext {
  readonly target: AttackTarget
  /** Where its store is. */
  readonly location: string
  stop(): Promise<void>
}

export async function registerDevice(store: Store, deviceId: string, scannerId: string): Promise<Device> {
  const signer = await webCrypto.signer(randomBytes(32))
  const device = { id: deviceId, scannerId, publicKey: toHex(signer.publicKey), createdAtMs: Date.now() }
  await store.addDevice(device, { atMs: Date.now(), event: "admin", reason: "device-added", deviceId })
  return { deviceId, scannerId, signer }
}

/** A real server with one enrolled victim and two devices, and the attacker's view of it. */
export async function startAttackContext(options: AttackContextOptions): Promise<AttackContext> {
  const { folder, freshImpression, strangersImpression } = options
  let offsetMs = 0
  const clock = { nowMs: () => Date.now() + offsetMs, monotonicMs: () => performance.now() }
  const config = ServeConfig.parse({
    port: 0,
    httpPort: 0,
    store: options.store ?? join(folder, "s.db"),
    keyFile: join(folder, "master.keys"),
    policy: { enrolment: "open", factors: options.factors },
    limits: { connections: 3000, connectionsPerAddress: 3000 },
    matching: { threads: options.threads ?? 1 },
    ...options.config,
  })
  // One inspector for all servers that are started here: it keeps nothing of what it judges.
  const inspector = await options.makeInspector()
  const shared = { ...inspector, close: () => Promise.resolve() }
  const tuning: ServerTuning = {
    clock,
    limitRules: noLimits,
    ...options.tuning,
    // A few touches serve for all attempts, so the server must not mind seeing them again.
    policy: { handshakeMs: 2000, challengeMs: 4000, refuseDuplicates: false, ...options.tuning?.policy },
  }
  const start = (): Promise<RunningServer> => runServer(config, () => Promise.resolve(shared), silentLog, tuning)
  let server = await start()
  const rawConnect = async (): Promise<Socket> => {
    const socket = connect(server.port, "127.0.0.1")
    await once(socket, "connect")
    return socket
  }
  const deps = {
    crypto: webCrypto,
    clock: systemClock,
    answerTimeoutMs: options.answerTimeoutMs ?? 3000,
    trusts: (identity: Uint8Array) => toHex(identity) === server.identity,
  }
  const victimDevice = await registerDevice(server.deps.store, "victim-device", "unit-1")
  const otherDevice = await registerDevice(server.deps.store, "other-device", "unit-2")
  const connectPort = async () => socketPort(await rawConnect())
  const context: ClientContext = {
    deps,
    connect: connectPort,
    device: victimDevice,
    fingers: {
      capture: () => Promise.resolve({ image: freshImpression(), takenAtMs: Date.now() }),
      close: () => Promise.resolve(),
    },
    tell: () => {},
    sleep: delay,
  }
  const enrol = async (name: string): Promise<Victim> => {
    const password = `${name}'s password`
    const credentials = { name, password, stretching: quickStretching, enrolmentId: randomBytes(32), code: "" }
    const { outcome, note } = await runEnrolment(context, { ...credentials, finger: "right-index" })
    if (outcome !== "enrolled") throw new Error(`${name} could not enrol: ${outcome} ${note}`)
    return { name, password, device: victimDevice }
  }
  const target: AttackTarget = {
    victim: await enrol("Victim"),
    enrol,
    server: () => server,
    otherDevice,
    deps,
    stretching: quickStretching,
    connect: connectPort,
    rawConnect,
    session: async (port) => ClientSession.open(deps, port ?? (await connectPort())),
    freshImpression,
    strangersImpression,
    advanceClock: (ms) => {
      offsetMs += ms
    },
    async restart() {
      await server.stop()
      server = await start()
    },
    async elsewhere({ config: otherConfig, tuning: otherTuning }, work) {
      const own = await mkdtemp(join(folder, "elsewhere-"))
      const context = await startAttackContext({
        ...options,
        folder: own,
        store: join(own, "s.db"),
        makeInspector: () => Promise.resolve(shared),
        config: { ...options.config, ...otherConfig },
        tuning: { ...options.tuning, ...otherTuning, policy: { ...options.tuning?.policy, ...otherTuning?.policy } },
      })
      try {
        return await work(context.target)
      } finally {
        await context.stop()
        await rm(own, { recursive: true, force: true })
      }
    },
  }
  const stop = async (): Promise<void> => {
    await server.stop()
    await inspector.close()
  }
  return { target, location: config.store, stop }
}
