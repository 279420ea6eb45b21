import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { get } from "node:http"
import { createServer } from "node:net"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { silentLog } from "@sourceprint/core/log.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { type ClientContext, runEnrolment } from "@sourceprint/serve/client/run-client.js"
import { masterKeys } from "@sourceprint/serve/server/master-keys.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { quickStretching, registerDevice } from "@sourceprint/serve/trial/attack-context.js"
import { stringify } from "yaml"
import { type ServerProcess, startServerProcess } from "../../../test/support/server-process.js"
import type { Figure } from "../claim.js"
import { atLeast, atMost, exactly } from "../figure.js"
import { clientOf } from "./enrolling-client.js"

/** What is done to the server, and undone. */
export interface Fault {
  readonly name: string
  /** Health says within 10 s that something is wrong; false where nothing is to be seen from outside. */
  readonly seen: boolean
  /** Of the server's environment, from its start. */
  readonly env?: Readonly<Record<string, string>>
  /** It ends only while the server is stopped. */
  readonly restarts?: true
  begin(server: ServerProcess): Promise<void>
  end(server: ServerProcess): Promise<void>
}

export interface FaultRun {
  readonly folder: string
  /** SQLite file or postgres://… */
  readonly store: string
  /** Path of `cli/main.js`. */
  readonly cli: string
  readonly fault: Fault
  readonly clients: number
  /** How long the fault lasts, and how long a client waits after an enrolment. */
  readonly lastsMs: number
  readonly pauseMs?: number
  readonly freshImpression: () => Uint8Array
  readonly logLine: (text: string) => void
}

const HEALTH_EVERY_MS = 250
const HEALTH_BOUND_S = 10
/** Far more than a server that mends itself needs. */
const PATIENCE_MS = 90_000

/** Clients enrol while the fault begins, lasts and ends: what they see, what health says and when, and
 *  whether what was acknowledged is there. */
export async function runFault(run: FaultRun): Promise<Figure[]> {
  const { fault, lastsMs, logLine } = run
  const { running, restart, httpPort, load, keys } = await startUnderLoad(run)
  const health = watchHealth(httpPort)
  try {
    await reach(() => load.enrolled.length >= 3 && health.isWell(), "the server works before the fault")
    const before = load.enrolled.length
    const beganMs = performance.now()
    await fault.begin(running.server)
    logLine(`${fault.name}: begun after ${before} enrolments`)
    await delay(lastsMs)
    const during = load.enrolled.length - before
    if (fault.restarts) await running.server.kill()
    await fault.end(running.server)
    if (fault.restarts) await restart()
    const endedMs = performance.now()
    const isBack = () => health.wellSince(endedMs) && load.lastMs > endedMs
    const howBack = fault.restarts ? "back after a restart" : "back by itself"
    await reach(isBack, `${fault.name}: the server is ${howBack}`).catch(() => {})
    const back = isBack()
    const backS = (performance.now() - endedMs) / 1000
    const illS = (health.firstIllMs(beganMs) - beganMs) / 1000
    await load.stop()
    health.stop()
    await running.server.kill()
    const { lost, verified } = await whatIsThere(run, keys, load.enrolled)
    return [
      ...(fault.seen ? [atMost(`${fault.name}: health says so after`, illS, HEALTH_BOUND_S, "s")] : []),
      exactly(`${fault.name}: ${howBack}`, back ? 1 : 0, 1, "", `after ${backS.toFixed(1)} s`),
      exactly(`${fault.name}: acknowledged and lost`, lost, 0, "enrolments", `of ${load.enrolled.length}`),
      exactly(`${fault.name}: audit log unbroken`, verified ? 1 : 0, 1),
      atLeast(`${fault.name}: enrolments before the fault`, before, 3),
      { name: `${fault.name}: enrolments during the fault`, value: during, unit: "", note: load.seen() },
    ]
  } finally {
    health.stop()
    await load.stop()
    await fault.end(running.server).catch(() => {})
    await running.server.kill()
  }
}

async function startUnderLoad(run: FaultRun) {
  const { folder, store, cli, fault } = run
  const keyFile = join(folder, "master.keys")
  const configPath = join(folder, "serve.yaml")
  const httpPort = await freePort()
  const config = {
    port: 0,
    httpPort,
    store,
    keyFile,
    policy: { factors: ["password", "finger"], enrolment: "open", capturesPerEnrolment: 1, refuseCopies: false },
    matching: { threshold: 6, threads: 1 },
    limits: { failuresPerDevice: 1_000_000, failuresPerAddress: 1_000_000 },
  }
  await writeFileAtomic(configPath, stringify(config))
  const keys = await masterKeys(keyFile, silentLog)
  const prepared = await openStore(store, keys)
  const device = await registerDevice(prepared.store, "fault-device", "unit-1")
  await prepared.store.close()
  const start = () => startServerProcess(cli, configPath, fault.env)
  const running = { server: await start() }
  const restart = async (): Promise<void> => {
    running.server = await start()
  }
  const context = (): ClientContext => clientOf(running.server, device, run.freshImpression, 100).context
  return { running, restart, httpPort, keys, load: startLoad(run, context) }
}

function startLoad({ clients, pauseMs = 0 }: FaultRun, context: () => ClientContext) {
  const enrolled: string[] = []
  const outcomes = new Map<string, number>()
  let [over, people, lastMs] = [false, 0, 0]
  const live = async (): Promise<void> => {
    while (!over) {
      const name = `person-${++people}`
      const credentials = { name, password: name, stretching: quickStretching }
      const enrolling = { ...credentials, enrolmentId: randomBytes(32), code: "", finger: "right-index" }
      const outcome = await runEnrolment(context(), enrolling).then(
        (result) => result.outcome,
        () => "refused",
      )
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (outcome === "enrolled") {
        enrolled.push(name)
        lastMs = performance.now()
      }
      await delay(outcome === "enrolled" ? pauseMs : 50)
    }
  }
  const lives = Promise.all(Array.from({ length: clients }, live))
  return {
    enrolled,
    get lastMs() {
      return lastMs
    },
    seen: () => [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(", "),
    async stop() {
      over = true
      await lives
    },
  }
}

/** As who watches a server asks: on a connection of its own each time. */
const isWell = (httpPort: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = get(`http://127.0.0.1:${httpPort}/healthz`, { agent: false, timeout: 4_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.on("error", () => resolve(false)).on("timeout", () => asked.destroy())
  })

function watchHealth(httpPort: number) {
  const answers: { readonly atMs: number; readonly well: boolean }[] = []
  let over = false
  const watch = async (): Promise<void> => {
    while (!over) {
      const well = await isWell(httpPort)
      answers.push({ atMs: performance.now(), well })
      await delay(HEALTH_EVERY_MS)
    }
  }
  void watch()
  return {
    isWell: () => answers.at(-1)?.well === true,
    wellSince: (ms: number) => answers.some(({ atMs, well }) => atMs > ms + 1_000 && well),
    firstIllMs: (ms: number) => answers.find(({ atMs, well }) => atMs > ms && !well)?.atMs ?? Number.NaN,
    stop: () => {
      over = true
    },
  }
}

async function whatIsThere(
  { store: location }: FaultRun,
  keys: Awaited<ReturnType<typeof masterKeys>>,
  enrolled: readonly string[],
): Promise<{ lost: number; verified: boolean }> {
  const { store, auditKey } = await openStore(location, keys)
  try {
    let lost = 0
    for (const name of enrolled) if ((await store.accountByName(nameKey(name))) === undefined) lost++
    return { lost, verified: (await verifyAudit(store, auditKey)).ok }
  } finally {
    await store.close()
  }
}

async function reach(holds: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`)
    await delay(50)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}
