import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { silentLog } from "@sourceprint/core/log.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import { startAttackContext } from "@sourceprint/serve/trial/attack-context.js"
import { distinctPictures, runWholeTrial } from "@sourceprint/serve/trial/run-whole-trial.js"
import { readTrialConfig } from "@sourceprint/serve/trial/trial-config.js"
import { lineImage } from "@sourceprint/serve/trial/trial-context.js"
import { fitTamperDetector } from "@sourceprint/train/tamper/fit-tamper-detector.js"
import { throwawayPostgres, withoutPostgres } from "../../test/support/throwaway-postgres.js"
import { crashRounds } from "./authentication/crash-rounds.js"
import { runLoad } from "./authentication/load-run.js"
import type { Claim, Figure } from "./claim.js"
import { atLeast, atMost, exactly } from "./figure.js"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const cli = join(root, "src/cli/dist/main.js")
const THRESHOLD = 6

const saying = (logLine: (text: string) => void, every: number): Progress => ({
  ...noProgress,
  update: (done, note) => void (done % every === 0 && logLine(`${done} ${note ?? ""}`)),
})

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "prove-authentication-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const pictures = () => {
  const touches = new SyntheticImpressions(31, ScannerSettings.parse({ seed: 31 }))
  const of = (finger: string, i: number) => lineImage(touches, finger, "unit-1", 0, i)
  return {
    freshImpression: distinctPictures(Array.from({ length: 4 }, (_, i) => of("victim", i))),
    strangersImpression: encodeBmp(of("stranger", 0)),
  }
}

const inspector = (threads: number) => () =>
  inspectionPool({ matcherId: "minutiae", scoreThreshold: THRESHOLD, qualityFloor: 20, models: {} }, threads, silentLog)

const fullPath: Claim = {
  title: "twin -> client -> server -> decision: at least 500 sessions, 20 people, 4 scanner units (simulated)",
  measure: (logLine) =>
    inFolder(async (folder) => {
      const config = await readTrialConfig(join(root, "experiments/trials/twin.yaml"))
      const { sessions } = await runWholeTrial({ ...config, attacks: {}, systemA: { attempts: 0 } }, folder, {
        fitScanners,
        fitTamperDetector,
        makeInspector: (settings) => inspectionPool(settings, 1, silentLog),
        progress: saying(logLine, 20),
        logLine,
      })
      const total = sessions.scenarios.reduce((sum, scenario) => sum + scenario.sessions, 0)
      const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`
      const rates: Figure[] = sessions.scenarios.map(({ scenario, genuine, errorRate, reasons }) => ({
        name: `${scenario}: ${genuine ? "FRR" : "FAR"}`,
        value: 100 * errorRate.rate,
        unit: "%",
        note:
          `${errorRate.errors} of ${errorRate.trials}, 95 % ${percent(errorRate.interval.low)} to ` +
          `${percent(errorRate.interval.high)}; ${JSON.stringify(reasons)}`,
      }))
      return [
        atLeast("sessions", total, 500),
        atLeast("people enrolled", sessions.enrolled, 20),
        atLeast("scanner units", config.units, 4),
        ...rates,
      ]
    }),
}

const load: Claim = {
  title: "load on two cores: sign-ins a second at 1, 16 and 200 clients, memory flat (real matcher, simulated fingers)",
  measure: (logLine) =>
    inFolder(async (folder) => {
      const factors = ["password", "finger"] as const
      const options = { folder, makeInspector: inspector(2), threads: 2, factors, ...pictures() }
      const context = await startAttackContext({
        ...options,
        answerTimeoutMs: 600_000,
        tuning: { policy: { challengeMs: 600_000, handshakeMs: 60_000 } },
      })
      try {
        await runLoad(context.target, 2, 20) // warm
        const runs = []
        for (const [clients, signIns] of [
          [1, 60],
          [16, 160],
          [200, 600],
        ] as const) {
          runs.push(await runLoad(context.target, clients, signIns))
          logLine(JSON.stringify(runs.at(-1)))
        }
        const [alone, , many] = runs
        const cpuBound = 2000 / alone.cpuMsPerSignIn
        const heapMb = (): number => {
          globalThis.gc?.()
          return process.memoryUsage().heapUsed / 2 ** 20
        }
        const before = heapMb()
        await runLoad(context.target, 16, 600)
        const after = heapMb()
        return [
          ...runs.flatMap((run): Figure[] => [
            { name: `${run.clients} clients`, value: run.perSecond, unit: "sign-ins/s" },
            { name: `${run.clients} clients p99`, value: run.p99Ms, unit: "ms" },
            { name: `${run.clients} clients CPU a sign-in`, value: run.cpuMsPerSignIn, unit: "ms" },
          ]),
          atLeast(
            "throughput at 200 over the CPU bound of two cores",
            many.perSecond / cpuBound,
            0.9,
            "",
            `bound ${cpuBound.toFixed(1)}/s from ${alone.cpuMsPerSignIn.toFixed(1)} ms CPU a sign-in at one client`,
          ),
          atLeast(
            "CPU a sign-in at one client over that at 200",
            alone.cpuMsPerSignIn / many.cpuMsPerSignIn,
            0.9,
            "",
            "the same without the clock: right on a machine that is not idle",
          ),
          atMost(
            "heap growth over 600 sign-ins",
            after - before,
            20,
            "MB",
            "run with --expose-gc for a sharper figure",
          ),
        ]
      } finally {
        await context.stop()
      }
    }),
}

const crash = (where: "SQLite" | "PostgreSQL"): Claim => ({
  title:
    `kill -9 of the server 100 times under load, ${where}: nothing acknowledged is lost, nothing ` +
    "replayed, chain whole",
  measure: (logLine) =>
    inFolder(async (folder) => {
      if (where === "PostgreSQL" && withoutPostgres !== false) throw new Error(withoutPostgres)
      const cluster = where === "PostgreSQL" ? await throwawayPostgres() : undefined
      try {
        const found = await crashRounds({
          folder,
          store: cluster?.url ?? join(folder, "s.db"),
          cli,
          kills: 100,
          clients: 4,
          lifeMs: [500, 2500],
          threshold: THRESHOLD,
          freshImpression: pictures().freshImpression,
          progress: saying(logLine, 10),
        })
        const none = { is: "exactly", value: 0 } as const
        return [
          atLeast("kills", found.kills, 100),
          atLeast("acknowledged enrolments", found.acknowledgedEnrolments, 20),
          { name: "of them lost", value: found.lostEnrolments, unit: "", bound: none },
          { name: "half enrolled", value: found.halfEnrolled, unit: "", bound: none },
          { name: "passed sign-ins", value: found.passedSignIns, unit: "" },
          {
            name: "replays accepted",
            value: found.replaysAccepted,
            unit: "",
            bound: none,
            note: `of ${found.replaysTried}`,
          },
          exactly("audit chain verifies", found.auditVerified ? 1 : 0, 1, "", `${found.auditEntries} entries`),
        ]
      } finally {
        await cluster?.stop()
      }
    }),
})

export const claims: readonly Claim[] = [fullPath, load, crash("SQLite"), crash("PostgreSQL")]
