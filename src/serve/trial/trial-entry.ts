import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { IndexEntry } from "@sourceprint/report/report-folder.js"
import type { RatedAttack, TrialRecord } from "./run-whole-trial.js"
import type { Scenario } from "./trial-config.js"
import { trialVerdict } from "./trial-verdict.js"

const totals = (attacks: readonly RatedAttack[]) => ({
  attempts: attacks.reduce((sum, attack) => sum + attack.attempts, 0),
  successes: attacks.reduce((sum, attack) => sum + attack.successes, 0),
})

/** What the index of all runs says of a trial. @param createdAt ISO 8601 */
export function trialEntry(record: TrialRecord, createdAt: string): IndexEntry {
  const { config, sessions, attacks } = record
  const rateOf = (scenario: Scenario): CountedRate | undefined =>
    sessions.scenarios.find((outcome) => outcome.scenario === scenario)?.errorRate
  const value = (rate: CountedRate) => ({
    value: rate.rate,
    low: rate.interval.low,
    high: rate.interval.high,
  })
  const { attempts, successes } = totals(attacks)
  const [frr, far] = [rateOf("genuine"), rateOf("impostor-finger")]
  return {
    run: {
      id: `trial-${config.name}`,
      kind: "trial",
      title: config.question,
      verdict: trialVerdict(record).sentence,
      createdAt,
      flags: ["simulated"],
      values: {
        people: config.people,
        units: config.units,
        attempts,
        successes,
        ...(frr === undefined ? {} : { frr: value(frr) }),
        ...(far === undefined ? {} : { far: value(far) }),
      },
    },
    columns: [
      { key: "frr", label: "Genuine sessions rejected", group: "result", unit: "rate", better: "lower" },
      { key: "far", label: "Impostor sessions accepted", group: "result", unit: "rate", better: "lower" },
      { key: "successes", label: "Attacks that succeeded", group: "result", unit: "count", better: "lower" },
      { key: "attempts", label: "Attacks tried", group: "setting", unit: "count" },
      { key: "people", label: "People", group: "setting", unit: "count" },
      { key: "units", label: "Scanner units", group: "setting", unit: "count" },
    ],
  }
}
