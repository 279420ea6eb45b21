import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { delay } from "@sourceprint/core/async/delay.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { silentLog } from "@sourceprint/core/log.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { runEnrolment, runSignIn } from "@sourceprint/serve/client/run-client.js"
import { masterKeys } from "@sourceprint/serve/server/master-keys.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { quickStretching, registerDevice } from "@sourceprint/serve/trial/attack-context.js"
import { stringify } from "yaml"
import { type ServerProcess, startServerProcess } from "../../../test/support/server-process.js"
import { clientOf } from "../faults/enrolling-client.js"

export interface CrashOptions {
  readonly folder: string
  /** SQLite file or postgres://… */
  readonly store: string
  /** Path of `cli/main.js`. */
  readonly cli: string
  readonly kills: number
  readonly clients: number
  /** How long the server lives under load before each kill, ms, drawn between. */
  readonly lifeMs: readonly [number, number]
  readonly threshold: number
  freshImpression(): Uint8Array
  readonly progress: Progress
}

export interface CrashOutcome {
  readonly kills: number
  readonly acknowledgedEnrolments: number
  /** Acknowledged enrolments that are not in the store: must be 0. */
  readonly lostEnrolments: number
  /** Accounts without templates: must be 0. */
  readonly halfEnrolled: number
  readonly passedSignIns: number
  /** Pictures that had let somebody in and did so again after the kills: must be 0. */
  readonly replaysAccepted: number
  readonly replaysTried: number
  readonly auditEntries: number
  readonly auditVerified: boolean
}

/** Kills the server again and again while clients enrol and sign in, then counts what was lost. */
export async function crashRounds(options: CrashOptions): Promise<CrashOutcome> {
  const { folder, store: location, kills, clients, lifeMs, threshold, freshImpression, progress } = options
  const keyFile = join(folder, "master.keys")
  const configPath = join(folder, "serve.yaml")
  const config = {
    port: 0,
    httpPort: 0,
    store: location,
    keyFile,
    policy: {
      factors: ["password", "finger"],
      enrolment: "open",
      capturesPerEnrolment: 1,
      refuseCopies: false,
    },
    matching: { threshold, threads: 1 },
    // A sign-in that the kill broke off stays counted as a failure; hundreds of them from one device are this trial's
    // own.
    limits: { failuresPerDevice: 1_000_000, failuresPerAddress: 1_000_000 },
  }
  await writeFileAtomic(configPath, stringify(config))
  const keys = await masterKeys(keyFile, silentLog)
  const prepared = await openStore(location, keys)
  const device = await registerDevice(prepared.store, "crash-device", "unit-1")
  await prepared.store.close()

  const enrolled: string[] = []
  const spent: { readonly name: string; readonly image: Uint8Array }[] = []
  let server: ServerProcess | undefined
  let over = false
  let people = 0
  const client = async (): Promise<void> => {
    while (!over) {
      const running = server
      if (running === undefined) {
        await delay(20)
        continue
      }
      const name = `person-${++people}`
      const credentials = { name, password: name, stretching: quickStretching }
      const enrolling = { ...credentials, enrolmentId: randomBytes(32), code: "", finger: "right-index" }
      const first = clientOf(running, device, freshImpression, 20)
      const { outcome } = await runEnrolment(first.context, enrolling)
      if (outcome !== "enrolled") continue
      enrolled.push(name)
      const second = clientOf(running, device, freshImpression, 20)
      const signedIn = await runSignIn(second.context, credentials)
      if (signedIn.outcome === "passed" && second.last !== undefined) spent.push({ name, image: second.last })
    }
  }
  progress.start(kills, "kills")
  const clientsDone = Promise.all(Array.from({ length: clients }, client))
  try {
    for (let kill = 0; kill < kills; kill++) {
      const running = await startServerProcess(options.cli, configPath)
      server = running
      await delay(lifeMs[0] + Math.random() * (lifeMs[1] - lifeMs[0]))
      server = undefined
      await running.kill()
      progress.update(kill + 1, `${enrolled.length} enrolled, ${spent.length} signed in`)
    }
  } finally {
    over = true
    await clientsDone
    progress.stop()
  }
  const last = await startServerProcess(options.cli, configPath)
  let replaysAccepted = 0
  const replayed = spent.slice(-50)
  try {
    for (const { name, image } of replayed) {
      const { context } = clientOf(last, device, () => image, 20)
      const { outcome } = await runSignIn(context, { name, password: name, stretching: quickStretching })
      if (outcome === "passed") replaysAccepted++
    }
  } finally {
    await last.kill()
  }
  const { store, auditKey } = await openStore(location, keys)
  try {
    let lostEnrolments = 0
    for (const name of enrolled) if ((await store.accountByName(nameKey(name))) === undefined) lostEnrolments++
    let halfEnrolled = 0
    for (const { id } of await store.accounts()) if ((await store.templates(id)).length === 0) halfEnrolled++
    const verdict = await verifyAudit(store, auditKey)
    return {
      kills,
      acknowledgedEnrolments: enrolled.length,
      lostEnrolments,
      halfEnrolled,
      passedSignIns: spent.length,
      replaysAccepted,
      replaysTried: replayed.length,
      auditEntries: verdict.ok ? verdict.entries : verdict.seq,
      auditVerified: verdict.ok,
    }
  } finally {
    await store.close()
  }
}
