import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fromUtf8, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import type { KeyStretching } from "@sourceprint/protocol/opaque.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { accountHandler, accountNeeds } from "@sourceprint/serve/server/account/account-channel.js"
import { ApplicationServer } from "@sourceprint/serve/server/application/application-server.js"
import type { ChannelHandler } from "@sourceprint/serve/server/application/channel.js"
import { AuditWriter } from "@sourceprint/serve/server/auth/audit-writer.js"
import { type AuthDeps, type AuthPolicy, defaultPolicy } from "@sourceprint/serve/server/auth/auth-deps.js"
import type { Inspector } from "@sourceprint/serve/server/auth/inspection/inspector.js"
import { AttemptLimits, defaultRules, type LimitRules } from "@sourceprint/serve/server/auth/limits.js"
import { serveConnection } from "@sourceprint/serve/server/auth/serve-connection.js"
import { loadSecrets } from "@sourceprint/serve/server/auth/server-secrets.js"
import { WorkQueue } from "@sourceprint/serve/server/auth/work-queue.js"
import { ConnectionGate } from "@sourceprint/serve/server/connection-gate.js"
import { listenTcp } from "@sourceprint/serve/server/listen-tcp.js"
import { ServerMetrics } from "@sourceprint/serve/server/metrics.js"
import { defaultTiming, type ScannerTiming } from "@sourceprint/serve/server/scanner/linked-scanner.js"
import { LinkedScanners } from "@sourceprint/serve/server/scanner/linked-scanners.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { socketPort } from "@sourceprint/serve/stream-port.js"

/** Argon2id at its cheapest: tests are about the protocol, not about how long a guess takes. */
export const quickStretching: KeyStretching = { memoryKib: 1024, iterations: 1, parallelism: 1 }

/** Fake at the inspector's port: an "image" is text `finger=<id> scanner=<id> quality=<0-100> nonce=<any>`,
 *  `forged=yes` where the tamper detector is to see it, `artefact=yes` where the liveness model is, with `shape=<id>`
 *  where it matters whether two of them are one picture; a template is the finger's name, that of a touch its shape. */
export const textInspector: Inspector = {
  matcherId: "text-1",
  inspect({ image, references, scannerId, earlier = [] }) {
    const fields = fieldsOf(image)
    const score = references.some((reference) => fromUtf8(reference) === fields.finger) ? 100 : 0
    const probTargetScanner = fields.scanner === scannerId ? 0.9 : 0.1
    const quality = Number(fields.quality ?? 0)
    return Promise.resolve({
      quality,
      acceptable: quality >= 30,
      qualityFloor: 30,
      score,
      scoreThreshold: 50,
      duplicate: {
        distortionPx: earlier.some((probe) => fromUtf8(probe) === fields.shape) ? 0.1 : 2,
        boundPx: 0.35,
        comparable: !earlier.some((probe) => fromUtf8(probe) === "elsewhere"),
      },
      probe: utf8(fields.shape ?? fields.nonce ?? ""),
      scanner: { probTargetScanner, threshold: 0.5, accepted: probTargetScanner >= 0.5 },
      tamperDetector: {
        probGenuine: fields.forged === "yes" ? 0.1 : 0.9,
        threshold: 0.5,
        accepted: fields.forged !== "yes",
      },
      liveness: {
        probTargetScanner: fields.artefact === "yes" ? 0.1 : 0.9,
        threshold: 0.5,
        accepted: fields.artefact !== "yes",
      },
      stageMs: {},
    })
  },
  enrol(images) {
    const fingers = new Set(images.map((image) => fieldsOf(image).finger))
    const [finger = ""] = fingers
    return Promise.resolve(
      fingers.size === 1
        ? { template: utf8(finger), reason: undefined }
        : { template: undefined, reason: "finger" as const },
    )
  },
  close: () => Promise.resolve(),
}

const fieldsOf = (image: Uint8Array): Record<string, string> =>
  Object.fromEntries(
    fromUtf8(image)
      .split(" ")
      .map((word) => word.split("=") as [string, string]),
  )

export const touch = (finger: string, scanner: string, quality = 80, shape?: string): Uint8Array => {
  const nonce = toHex(randomBytes(8))
  return utf8(`finger=${finger} scanner=${scanner} quality=${quality} nonce=${nonce} shape=${shape ?? nonce}`)
}

export interface TestServer {
  readonly deps: AuthDeps
  readonly port: number
  readonly location: string
  readonly keys: KeyRing
  readonly auditKey: Uint8Array
  /** Registers a device, with a fresh key unless its 32 bytes are given. */
  addDevice(deviceId: string, scannerId: string, key?: Uint8Array): Promise<Device>
  connect(): Promise<FramePort>
  session(clock?: Clock): Promise<ClientSession>
  reasons(): Promise<string[]>
  stop(): Promise<void>
}

export async function testServer({
  policy = {},
  location,
  keys = KeyRing.random(),
  inspector = textInspector,
  clock = systemClock,
  queue = new WorkQueue(2, 1000),
  connections = 2000,
  limitRules = defaultRules,
  scannerTiming = defaultTiming,
  channels = new Map(),
  keepImages = false,
  stopMs = 1000,
}: {
  policy?: Partial<AuthPolicy>
  location?: string
  keys?: KeyRing
  inspector?: Inspector
  clock?: Clock
  queue?: WorkQueue
  connections?: number
  limitRules?: LimitRules
  scannerTiming?: ScannerTiming
  /** What runs after a pass, by channel. */
  channels?: ReadonlyMap<number, ChannelHandler>
  /** Captures of sign-ins are kept for a study. */
  keepImages?: boolean
  /** How long `stop` waits for requests and for connections under way. */
  stopMs?: number
} = {}): Promise<TestServer> {
  const path = location ?? join(await mkdtemp(join(tmpdir(), "serve-")), "s.db")
  const { store, auditKey, study } = await openStore(path, keys)
  const metrics = new ServerMetrics()
  const secrets = await loadSecrets(store, keys, webCrypto)
  const scanners = new LinkedScanners(metrics)
  const application = new ApplicationServer({ store, clock, metrics, log: silentLog }, stopMs)
  for (const [channel, handler] of channels) application.mount(channel, handler)
  const deps: AuthDeps = {
    crypto: webCrypto,
    clock,
    store,
    keys,
    secrets,
    policy: { ...defaultPolicy, enrolment: "open", ...policy },
    inspector,
    queue,
    limits: new AttemptLimits(store, secrets.digestKey, limitRules),
    audit: new AuditWriter(store, clock, metrics),
    metrics,
    log: silentLog,
    application,
    scanners,
    scannerTiming,
    ...(keepImages ? { study } : {}),
  }
  application.mount(Channel.account, accountHandler(deps), accountNeeds)
  const gate = new ConnectionGate(
    { connections, connectionsPerAddress: connections },
    (port, address, onPass) => serveConnection(deps, port, address, onPass),
    metrics,
  )
  const listener = await listenTcp(gate, "127.0.0.1", 0)
  const connectPort = async (): Promise<FramePort> => {
    const socket = connect(listener.port, "127.0.0.1")
    await once(socket, "connect")
    return socketPort(socket)
  }
  return {
    deps,
    port: listener.port,
    location: path,
    keys,
    auditKey,
    async addDevice(deviceId, scannerId, key = randomBytes(32)) {
      const signer = await webCrypto.signer(key)
      const device = { id: deviceId, scannerId, publicKey: toHex(signer.publicKey), createdAtMs: 0 }
      await store.addDevice(device, { atMs: 0, event: "admin", reason: "device-added" })
      return { deviceId, scannerId, signer }
    },
    connect: connectPort,
    session: async (sessionClock = systemClock) =>
      ClientSession.open(
        {
          crypto: webCrypto,
          clock: sessionClock,
          trusts: (key) => toHex(key) === toHex(secrets.identity.publicKey),
        },
        await connectPort(),
      ),
    reasons: async () => (await store.auditAfter(0, 10_000)).map((entry) => `${entry.event} ${entry.reason}`),
    async stop() {
      await application.stop()
      scanners.close()
      await listener.stop(stopMs)
      await store.close()
    },
  }
}

/** Enrols a person by three touches of one finger. */
export async function enrolPerson(
  server: TestServer,
  device: Device,
  name: string,
  password: string,
  finger = `${name}-finger`,
): Promise<void> {
  const session = await server.session()
  const enrolmentId = randomBytes(32)
  const credentials = {
    name,
    password,
    device,
    stretching: quickStretching,
    enrolmentId,
    code: "",
    finger: "right-index",
  }
  let answer = await session.enrol(credentials)
  for (let n = 0; answer.type === "challenge"; n++) {
    const decision = await session.capture(answer, device, {
      image: touch(finger, device.scannerId),
      takenAtMs: Date.now(),
    })
    if (decision.type !== "decision" || decision.outcome !== 3) {
      session.close()
      if (decision.type === "decision" && decision.outcome === 1) return
      throw new Error(`enrolment of ${name} ended with ${JSON.stringify(decision)}`)
    }
    answer = await session.nextChallenge()
    if (n > 12) break
  }
  throw new Error(`enrolment of ${name} did not end`)
}
