import { readFile } from "node:fs/promises"
import { availableParallelism } from "node:os"
import type { TlsOptions } from "node:tls"
import { toHex } from "@sourceprint/core/bytes.js"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { ServerFacts } from "@sourceprint/protocol/server-facts.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { Router } from "express"
import { openServerStore } from "../store/open-server-store.js"
import { createApp } from "./app.js"
import type { ChannelMaker } from "./application/application-channel.js"
import { ApplicationServer, defaultSessionLimits, type SessionLimits } from "./application/application-server.js"
import { channelMakers } from "./application/channel-table.js"
import { AuditAnchor } from "./audit-anchor.js"
import { AuditRetention } from "./audit-retention.js"
import { AuditWriter } from "./auth/audit-writer.js"
import { type AuthDeps, type AuthPolicy, defaultPolicy } from "./auth/auth-deps.js"
import type { Inspector } from "./auth/inspection/inspector.js"
import { AttemptLimits, type LimitRules, rulesWith } from "./auth/limits.js"
import { serveConnection } from "./auth/serve-connection.js"
import { loadSecrets } from "./auth/server-secrets.js"
import { WorkQueue } from "./auth/work-queue.js"
import { chatQuotasOf } from "./chat/chat-rules.js"
import { ConnectionGate, type ServePort } from "./connection-gate.js"
import { Health, type HealthCheck } from "./health.js"
import { listenHttp } from "./listen-http.js"
import { listenTcp } from "./listen-tcp.js"
import { masterKeys } from "./master-keys.js"
import { ServerMetrics } from "./metrics.js"
import { defaultTiming, type ScannerTiming } from "./scanner/linked-scanner.js"
import { LinkedScanners } from "./scanner/linked-scanners.js"
import { factorPoliciesOf, type ServeConfig } from "./serve-config.js"
import { SocketLimits, socketsWithin } from "./socket-limits.js"
import { startSystemA } from "./system-a/start-system-a.js"

const STOP_GRACE_MS = 15_000
const PRUNE_EVERY_MS = 600_000

/** A server that listens. */
export interface RunningServer {
  readonly port: number
  readonly httpPort: number
  /** Undefined unless the replaced suite was asked for. */
  readonly systemAPort: number | undefined
  /** Ed25519 identity, hex: what clients pin. */
  readonly identity: string
  readonly deps: AuthDeps
  /** Sign-ins in flight finish; then everything is closed. */
  stop(): Promise<void>
}

function policyOf(config: ServeConfig): AuthPolicy {
  const { policy } = config
  return {
    ...defaultPolicy,
    factorPolicies: factorPoliciesOf(config),
    enrolment: policy.enrolment,
    freshnessWindowMs: policy.freshnessS * 1000,
    maxSkewMs: policy.maxSkewS * 1000,
    challengeMs: policy.challengeS * 1000,
    capturesPerSignIn: policy.capturesPerSignIn,
    capturesPerEnrolment: policy.capturesPerEnrolment,
    ...(config.passkeys && { passkeys: config.passkeys }),
    faceActions: policy.faceActions,
    faceActionsAtATime: policy.faceActionsAtATime,
    faceCapturesPerSignIn: policy.faceCapturesPerSignIn,
    faceCapturesPerEnrolment: policy.faceCapturesPerEnrolment,
    sessionMs: policy.sessionH * 3_600_000,
    refuseSeenImages: policy.refuseSeenImages,
    touchesPerSignIn: policy.touchesPerSignIn,
    refuseDuplicates: policy.refuseCopies,
    linkedScanners: policy.linkedScanners,
    linkedImage: policy.linkedImage,
  }
}

/** What the pages tell people of the policy. */
const factsOf = ({ enrolment, factorPolicies }: AuthPolicy, demo: boolean): ServerFacts => ({
  enrolment,
  factors: [...new Set(factorPolicies.flat())],
  demo,
})

const rulesOf = ({ limits }: ServeConfig): LimitRules =>
  rulesWith({
    pair: limits.failuresPerPair,
    stranger: limits.failuresPerAccount,
    device: limits.failuresPerDevice,
    address: limits.failuresPerAddress,
  })

const sessionLimitsOf = ({ limits }: ServeConfig): SessionLimits => ({
  ...defaultSessionLimits,
  connectionsPerSession: limits.connectionsPerSession,
  connectionsPerAccount: limits.connectionsPerAccount,
  bytesPerSession: limits.bytesPerSession,
  bytesPerAccount: limits.bytesPerAccount,
  bytesPerAddress: limits.bytesPerAddress,
})

async function tlsOf({ tls }: ServeConfig): Promise<TlsOptions | undefined> {
  if (tls === undefined) return undefined
  try {
    return { cert: await readFile(tls.certFile), key: await readFile(tls.keyFile), minVersion: "TLSv1.3" }
  } catch (cause) {
    throw new AppError("serve/tls", "cannot read the certificate or its key named under tls", { cause })
  }
}

/** What trials and tests set beyond the configuration. */
export interface ServerTuning {
  readonly clock?: Clock
  readonly policy?: Partial<AuthPolicy>
  readonly limitRules?: LimitRules
  readonly scannerTiming?: ScannerTiming
  /** How long sign-ins in flight may take to finish when the server stops; 15 s unless told. */
  readonly stopGraceMs?: number
  /** Further channels for what runs after a pass, beside `channelMakers`. */
  readonly channels?: readonly ChannelMaker[]
  /** Channels that are not offered, by number. */
  readonly withoutChannels?: readonly number[]
  /** The panel of the demonstration. */
  readonly demo?: Router
}

/** Starts the server: store, secrets, workers, sockets. Either all of it runs when this resolves, or nothing.
 *  @param makeInspector loads matcher and models; it comes from `cli`, or from a test */
export async function runServer(
  config: ServeConfig,
  makeInspector: (threads: number) => Promise<Inspector>,
  log: Log,
  tuning: ServerTuning = {},
): Promise<RunningServer> {
  const { clock = systemClock, policy = {}, limitRules = rulesOf(config), channels = [] } = tuning
  const { withoutChannels = [] } = tuning
  const { scannerTiming = defaultTiming, stopGraceMs = STOP_GRACE_MS, demo } = tuning
  const undo: (() => Promise<unknown>)[] = []
  const unwind = async (): Promise<void> => {
    for (const step of undo.reverse()) await step()
  }
  try {
    const keys = await masterKeys(config.keyFile, log)
    const opened = await openServerStore(config.store, keys)
    const { store } = opened
    undo.push(() => store.close())
    const threads = config.matching.threads ?? availableParallelism()
    const inspector = await makeInspector(threads)
    undo.push(() => inspector.close())
    const metrics = new ServerMetrics()
    const queue = new WorkQueue(threads, config.matching.waiting)
    metrics.gauge("jobs_waiting", () => queue.waitingJobs)
    metrics.gauge("resident_bytes", () => process.memoryUsage.rss())
    const secrets = await loadSecrets(store, keys, webCrypto)
    const scanners = new LinkedScanners(metrics)
    const application = new ApplicationServer({ store, clock, metrics, log }, undefined, sessionLimitsOf(config))
    const deps: AuthDeps = {
      crypto: webCrypto,
      clock,
      store,
      keys,
      secrets,
      policy: { ...policyOf(config), ...policy },
      inspector,
      queue,
      limits: new AttemptLimits(store, secrets.digestKey, limitRules),
      audit: new AuditWriter(store, clock, metrics),
      metrics,
      log,
      ...(config.policy.keepImages ? { study: opened.study } : {}),
      application,
      scanners,
      scannerTiming,
    }
    const { checkpointFile, syslog, checkpointEveryMin, keepDays } = config.audit
    const anchor = new AuditAnchor(
      { store, identity: secrets.identity, clock, log },
      { file: checkpointFile, syslog },
      checkpointEveryMin * 60_000,
    )
    undo.push(() => anchor.stop())
    if (keepDays !== undefined) {
      const retention = new AuditRetention({ store, clock, log }, keepDays)
      undo.push(() => retention.stop())
    }
    const routers: Router[] = []
    const checks: HealthCheck[] = []
    const chat = opened.chatStore(chatQuotasOf(config), toHex(webCrypto.randomBytes(16)))
    for (const makeChannel of [...channelMakers, ...channels]) {
      const channel = await makeChannel({ config, opened, deps, chat, anchor })
      if (!withoutChannels.includes(channel.id)) application.mount(channel.id, channel.handler, channel.needs)
      if (channel.check !== undefined) checks.push(channel.check)
      if (channel.routes !== undefined) routers.push(channel.routes)
      undo.push(() => channel.stop())
    }
    checks.push({ name: "store", probe: () => store.probe(clock.nowMs()) })
    const health = new Health(checks, clock, log)
    const serve: ServePort = (port, address, onPass) => serveConnection(deps, port, address, onPass)
    const gate = new ConnectionGate(config.limits, serve, metrics)
    const { connectionsPerAddress: perAddress, connections } = config.limits
    const socketLimits = new SocketLimits({ sockets: socketsWithin(connections), perAddress }, metrics)
    const tls = await tlsOf(config)
    const facts = factsOf(deps.policy, demo !== undefined)
    if (demo !== undefined) routers.push(demo)
    const app = createApp({ health, metrics, facts, tls: tls !== undefined, routers })
    const http = await listenHttp(app, gate, config.host, config.httpPort, {
      tls,
      behindProxy: config.behindProxy,
      limits: socketLimits,
    })
    undo.push(() => http.stop())
    const tcp = await listenTcp(gate, config.host, config.port, tls, socketLimits)
    undo.push(() => tcp.stop(stopGraceMs))
    undo.push(() => application.stop())
    undo.push(() => Promise.resolve(scanners.close()))
    const systemA = await startSystemA(config, deps)
    if (systemA !== undefined) undo.push(() => systemA.stop())
    const pruning = setInterval(() => {
      store.prune(clock.nowMs()).catch((error: unknown) => log.error("store.prune", { why: String(error) }))
    }, PRUNE_EVERY_MS)
    undo.push(() => Promise.resolve(clearInterval(pruning)))
    const identity = toHex(secrets.identity.publicKey)
    log.info("server.started", { host: config.host, port: tcp.port, httpPort: http.port, identity, threads })
    return {
      port: tcp.port,
      httpPort: http.port,
      systemAPort: systemA?.port,
      identity,
      deps,
      async stop() {
        await unwind()
        log.info("server.stopped")
      },
    }
  } catch (error) {
    await unwind()
    throw error
  }
}
