import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import { silentLog } from "@sourceprint/core/log.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import { startLinkedContext } from "../../test/support/linked-context.js"
import {
  enrolLinked,
  type LinkedScenario,
  linkedScenarios,
  runLinkedScenario,
} from "../../test/support/linked-trial.js"
import type { Claim, Figure } from "./claim.js"
import { atMost, exactly } from "./figure.js"

const PEOPLE = 4
const SESSIONS: Readonly<Record<LinkedScenario, number>> = {
  genuine: 40,
  "impostor-finger": 20,
  "wrong-scanner": 20,
  "wrong-password": 8,
}

const linked: Claim = {
  title:
    "browsers (WebSocket, no device) at two linked scanners: the right finger on the right scanner " +
    "passes, nothing else does (simulated)",
  async measure(logLine) {
    const folder = await mkdtemp(join(tmpdir(), "prove-linked-"))
    try {
      logLine("fitting the scanner models")
      const demo = await startLinkedContext({
        folder,
        seed: 41,
        scanners: [
          { scannerId: "unit-1", words: "front desk", other: "unit-2" },
          { scannerId: "unit-2", words: "back door", other: "unit-1" },
        ],
        training: { people: 16, touches: 2 },
        scoreThreshold: 6, // chosen on other people: experiments/trials/twin.yaml
        fitScanners,
        makeInspector: (settings) => inspectionPool(settings, 1, silentLog),
      })
      try {
        const people = Array.from({ length: PEOPLE }, (_, i) => ({
          name: `person-${i + 1}`,
          scannerId: `unit-${(i % 2) + 1}`,
        }))
        let enrolled = 0
        for (const { name, scannerId } of people) {
          if ((await enrolLinked(demo, name, scannerId)).outcome === "enrolled") enrolled++
          logLine(`${enrolled} enrolled`)
        }
        const figures: Figure[] = [exactly("people enrolled", enrolled, PEOPLE)]
        for (const scenario of Object.keys(linkedScenarios) as LinkedScenario[]) {
          logLine(scenario)
          const { errorRate, reasons } = await runLinkedScenario(demo, scenario, people, SESSIONS[scenario])
          const { low, high } = errorRate.interval
          const genuine = scenario === "genuine"
          figures.push(
            atMost(
              `${scenario}: ${genuine ? "FRR" : "FAR"}`,
              100 * errorRate.rate,
              genuine ? 5 : 0,
              "%",
              `${errorRate.errors} of ${errorRate.trials}, 95 % ${(100 * low).toFixed(1)} to ` +
                `${(100 * high).toFixed(1)} %; ${JSON.stringify(reasons)}`,
            ),
          )
        }
        return figures
      } finally {
        await demo.stop()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

export const claims: readonly Claim[] = [linked]
