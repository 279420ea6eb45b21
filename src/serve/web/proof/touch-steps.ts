import { Check } from "@sourceprint/protocol/scanner-progress.js"
import type { Step } from "../ui/steps.js"
import { decisionState } from "./decision-state.js"
import type { TouchReport } from "./proof-scene.js"

const checkLabels: Record<Check, string> = {
  [Check.integrity]: "Integrity: signed by the scanner's computer",
  [Check.freshness]: "Freshness: taken now",
  [Check.quality]: "Quality of the image",
  [Check.finger]: "Finger: match score",
  [Check.scanner]: "Scanner: probability",
}

function valueWords(check: Check, value: number, threshold: number): string {
  switch (check) {
    case Check.integrity:
      return "intact"
    case Check.freshness:
      return `${(value / 1000).toFixed(1)} s old, at most ${(threshold / 1000).toFixed(0)} s`
    case Check.quality:
      return `${value.toFixed(0)}, at least ${threshold.toFixed(0)}`
    case Check.finger:
      return `${value.toFixed(1)}, at least ${threshold.toFixed(1)}`
    case Check.scanner:
      return `${(100 * value).toFixed(1)} %, at least ${(100 * threshold).toFixed(1)} %`
  }
}

/** Touch, image, checks, decision: each lights up when the server tells of it, and only then. */
export function touchSteps(report: TouchReport): Step[] {
  const { touch, capturing, image, checks, decided, ahead } = report
  const arrived = image !== undefined || checks.length > 0
  const steps: Step[] = [
    {
      id: "touch",
      label: touch === undefined ? "Waiting for the scanner" : "Touch the scanner",
      state: capturing || arrived ? "good" : "now",
      detail: touch === undefined ? (ahead > 0 ? `${ahead} before you` : undefined) : `code ${touch.code}`,
    },
    {
      id: "image",
      label: "The image arrives",
      state: arrived ? "good" : capturing ? "now" : "waiting",
    },
  ]
  const told = new Map(checks.map((check) => [check.check, check]))
  const shown = [Check.integrity, Check.freshness, Check.quality, Check.finger, Check.scanner]
  for (const check of shown) {
    const result = told.get(check)
    steps.push({
      id: `check-${check}`,
      label: checkLabels[check],
      state: result === undefined ? "waiting" : "good",
      detail: result && valueWords(check, result.value, result.threshold),
    })
  }
  steps.push({
    id: "decision",
    label: "Decision",
    state: decisionState(decided, arrived),
  })
  return steps
}
