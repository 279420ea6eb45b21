import type { Block, ReportDocument } from "@sourceprint/report/document.js"
import { presentationBlocks } from "./presentation-report.js"
import { quantityOf } from "./quantity-of.js"
import type { RatedAttack, TrialRecord } from "./run-whole-trial.js"
import { trialVerdict } from "./trial-verdict.js"

const attackTable = (title: string, rows: readonly RatedAttack[], note: string): Block => ({
  kind: "table",
  title,
  columns: [
    { key: "title", label: "Attack", always: true },
    { key: "attempts", label: "Attempts", unit: "count", always: true },
    { key: "successes", label: "Successes", unit: "count", always: true },
    { key: "rate", label: "Success rate", unit: "rate", always: true },
  ],
  rows: rows.map(({ title: name, attempts, successes, rate }) => ({
    title: name,
    attempts,
    successes,
    rate: quantityOf(rate, "attempts"),
  })),
  note,
})

/** What a trial found, as a document. */
export function trialReport(record: TrialRecord): ReportDocument {
  const { config, sessions, attacks, systemA } = record
  const verdict = trialVerdict(record)
  const scenarioRows = sessions.scenarios.map(({ scenario, genuine, sessions: count, passed, errorRate, reasons }) => ({
    scenario,
    kind: genuine ? "genuine" : "not genuine",
    sessions: count,
    passed,
    error: quantityOf(errorRate, "sessions"),
    reasons: Object.entries(reasons)
      .map(([reason, n]) => `${reason} ${n}`)
      .join(", "),
  }))
  const stages = Object.entries(sessions.stages)
  const parts = stages.filter(([name]) => name !== "sign-in" && name !== "inspect")
  return {
    title: config.question,
    kicker: `trial ${config.name}, simulated people and scanners`,
    lead:
      `${config.people} simulated people on ${config.units} simulated scanners; ${sessions.enrolled} of ` +
      `${config.people} could be enrolled. A session is a transaction of up to three touches.`,
    blocks: [
      {
        kind: "banner",
        tone: verdict.breaches === 0 ? "good" : "danger",
        title: verdict.sentence,
        text:
          verdict.breaches === 0 && verdict.tried > 0
            ? `By the rule of 3, with 95 % confidence less than ${(300 / verdict.tried).toPrecision(2)} % come ` +
              "through, over all kinds together; kind by kind see the tables."
            : "The tables have each kind with its interval.",
      },
      {
        kind: "section",
        title: "Sessions by scenario",
        blocks: [
          {
            kind: "table",
            title: "Who was let in",
            columns: [
              { key: "scenario", label: "Scenario", always: true },
              { key: "kind", label: "Who", always: true },
              { key: "sessions", label: "Sessions", unit: "count", always: true },
              { key: "passed", label: "Passed", unit: "count", always: true },
              {
                key: "error",
                label: "FRR or FAR",
                unit: "rate",
                always: true,
                hint: "of transactions, ISO/IEC 19795-1",
              },
              { key: "reasons", label: "Last reason in the audit log", always: true },
            ],
            rows: scenarioRows,
            note:
              "Genuine sessions: false rejections (FRR). All others: false acceptances (FAR). 95 % " +
              `intervals by Wilson. Threshold ${config.matching.threshold}, chosen on other people. ` +
              "Simulated.",
          },
        ],
      },
      ...presentationBlocks(record),
      {
        kind: "section",
        title: "Attacks",
        blocks: [
          attackTable(
            "opaque-aead",
            attacks,
            "95 % intervals by Clopper and Pearson. Back-off was switched off so that every attempt " +
              "reaches the check that must refuse it.",
          ),
          attackTable(
            "system-a",
            systemA,
            "The replaced suite under the same attacks: where the rate is not 0 it is broken by design.",
          ),
        ],
      },
      {
        kind: "section",
        title: "Where time goes",
        blocks: [
          {
            kind: "chart",
            title: "Server stages",
            alt: "Median and 99th percentile of each stage of a sign-in, in milliseconds",
            x: { label: "Stage", scale: "category" },
            y: { label: "Time", unit: "ms" },
            series: [
              { type: "bars", name: "p50", x: parts.map(([name]) => name), y: parts.map(([, s]) => s.p50) },
              { type: "bars", name: "p95", x: parts.map(([name]) => name), y: parts.map(([, s]) => s.p95) },
              { type: "bars", name: "p99", x: parts.map(([name]) => name), y: parts.map(([, s]) => s.p99) },
            ],
          },
          {
            kind: "table",
            title: "Stage latencies",
            columns: [
              { key: "stage", label: "Stage", always: true },
              { key: "count", label: "Times", unit: "count", always: true },
              { key: "mean", label: "Mean", unit: "ms", always: true },
              { key: "p50", label: "p50", unit: "ms", always: true },
              { key: "p95", label: "p95", unit: "ms", always: true },
              { key: "p99", label: "p99", unit: "ms", always: true },
            ],
            rows: stages.map(([stage, s]) => ({
              stage,
              count: s.count,
              mean: s.meanMs,
              p50: s.p50,
              p95: s.p95,
              p99: s.p99,
            })),
            note:
              'Wall clock on a machine that was doing other things too; "sign-in" includes the client\'s ' +
              "own work and the touch.",
          },
        ],
      },
    ],
    footer: `sourceprint trial run, seed ${config.seed}`,
  }
}
