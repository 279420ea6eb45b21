import { randomBytes } from "node:crypto"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { operatorSources } from "@sourceprint/cli/serve/operator-sources.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { silentLog } from "@sourceprint/core/log.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { publishReport } from "@sourceprint/report/report-folder.js"
import { operatorChannel } from "@sourceprint/serve/server/operator/operator-channel.js"
import { type RunningServer, runServer } from "@sourceprint/serve/server/run-server.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { socketPort } from "@sourceprint/serve/stream-port.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { encodeCheckpoint } from "@sourceprint/train/checkpoint.js"
import { quickStretching, textInspector } from "./auth-server.js"

export interface OperatorServer {
  readonly server: RunningServer
  readonly folder: string
  /** http://127.0.0.1:<port> */
  readonly origin: string
  signUp(name: string, password: string): Promise<void>
  signIn(name: string, password: string): Promise<ClientSession>
  makeOperator(name: string): Promise<void>
  /** So many further accounts, "Person 0" and so on, that nobody can sign in to. */
  fill(accounts: number): Promise<void>
  stop(): Promise<void>
}

/** A real server with a password policy and the operator's channel, in a folder with an experiment under way, a report
 *  and a registry that is the project's own. */
export async function operatorServer(): Promise<OperatorServer> {
  const folder = await mkdtemp(join(tmpdir(), "operator-"))
  await halfARun(join(folder, "runs", "sweep-0001"))
  await aReport(join(folder, "reports"))
  const config = ServeConfig.parse({
    port: 0,
    httpPort: 0,
    store: join(folder, "s.db"),
    keyFile: join(folder, "master.keys"),
    policy: { factors: ["password"], enrolment: "open" },
    matching: { threads: 1, models: { "fvc2000-db1": "fvc-one-vs-all-texture-ridge-fvc2000-db1" } },
  })
  const sources = operatorSources({
    runsFolder: join(folder, "runs"),
    dataFolder: join(folder, "data"),
    reportsFolder: join(folder, "reports"),
  })
  const server = await runServer(config, () => Promise.resolve(textInspector), silentLog, {
    limitRules: noLimits,
    channels: [operatorChannel(sources)],
  })
  const open = async (): Promise<ClientSession> =>
    ClientSession.open(
      { crypto: webCrypto, clock: systemClock, trusts: (key) => toHex(key) === server.identity },
      socketPort(connect(server.port, "127.0.0.1")),
    )
  return {
    server,
    folder,
    origin: `http://127.0.0.1:${server.httpPort}`,
    async signUp(name, password) {
      const session = await open()
      const person = { name, password, stretching: quickStretching }
      const answer = await session.enrol({
        ...person,
        enrolmentId: randomBytes(32),
        code: "",
        finger: "none",
      })
      session.close()
      if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) throw new Error("no account")
    },
    async signIn(name, password) {
      const session = await open()
      const answer = await session.signIn({ name, password, stretching: quickStretching })
      if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) throw new Error("no session")
      return session
    },
    async makeOperator(name) {
      const { store } = server.deps
      const account = await store.accountByName(name.toLowerCase())
      const event = { atMs: Date.now(), event: "admin", reason: "operator-made" }
      if (account === undefined || !(await store.updateAccount(account.id, { operator: true }, event)))
        throw new Error(`nobody is called ${name}`)
    },
    async fill(accounts) {
      for (let i = 0; i < accounts; i++) {
        const id = randomBytes(16).toString("hex")
        const account = { id, name: `Person ${i}`, sealedRecord: randomBytes(16), createdAtMs: Date.now() }
        await server.deps.store.createAccount({
          account,
          nameKey: account.name.toLowerCase(),
          templates: [],
          enrolmentHash: id,
          codeHash: undefined,
          imageDigests: [],
          audit: { atMs: Date.now(), event: "enrolment", reason: "passed" },
        })
      }
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A run of two cells, one of them with three epochs behind it. */
async function halfARun(folder: string): Promise<void> {
  await mkdir(join(folder, "cells", "one"), { recursive: true })
  const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value))
  await write("config.json", { name: "sweep" })
  await write("plan.json", { arms: [], tasks: [], cells: [{ id: "one" }, { id: "two" }] })
  await write("environment.json", { createdAt: "2026-01-02T03:04:05.000Z", engine: { name: "wasm" } })
  const epoch = (n: number) => ({ epoch: n, trainLoss: 1 / n, devLoss: 0.2 + 1 / n })
  const state = { history: [1, 2, 3].map(epoch) }
  await writeFile(join(folder, "cells", "one", "checkpoint.bin"), encodeCheckpoint({ state, arrays: {} }))
}

function aReport(folder: string): Promise<string> {
  const run = {
    id: "trial-tiny",
    kind: "trial",
    title: "Who is let in?",
    verdict: "0 of 9 attacks succeeded",
    createdAt: "2026-01-02T03:04:05.000Z",
    values: {},
  }
  const page =
    "<!doctype html><title>A report</title><p id=said></p><script>said.textContent = 'origin ' + origin</script>"
  return publishReport(folder, { run, columns: [] }, page)
}
