import type { ClientOutcome } from "./outcome.js"
import type { ClientStep } from "./run-client.js"

export type KioskStepId = "connection" | "password" | "capture" | "checks" | "decision"

/** One line of the kiosk's progress. */
export interface KioskStep {
  readonly id: KioskStepId
  readonly label: string
  readonly state: "waiting" | "now" | "good" | "bad"
}

export type KioskEvent = ClientStep | { readonly step: "result"; readonly outcome: ClientOutcome | undefined }

/** Nothing has happened yet. */
export const firstKioskSteps: readonly KioskStep[] = [
  { id: "connection", label: "Connection", state: "waiting" },
  { id: "password", label: "Password", state: "waiting" },
  { id: "capture", label: "Touch the scanner", state: "waiting" },
  { id: "checks", label: "Checks", state: "waiting" },
  { id: "decision", label: "Decision", state: "waiting" },
]

type States = Partial<Record<KioskStepId, KioskStep["state"]>>

/** What an outcome (undefined: something else went wrong) says of the steps. A refusal of captures is one of the
 *  checks and the decision; one before any capture says nothing of the password. */
function statesOfResult(outcome: ClientOutcome | undefined, checking: boolean): States {
  switch (outcome) {
    case "passed":
    case "enrolled":
      return { ...(checking ? { checks: "good" } : {}), decision: "good" }
    case "refused":
      return { ...(checking ? { checks: "bad" } : {}), decision: "bad" }
    case "device":
    case "clock":
      return { decision: "bad" }
    case "password":
      return { password: "bad" }
    case "unreachable":
    case "lost":
      return { connection: "bad" }
    case "sensor":
      return { capture: "bad" }
    case "busy":
    case undefined:
      return {}
  }
}

const changed = (steps: readonly KioskStep[], states: States): KioskStep[] =>
  steps.map((step) => ({ ...step, state: states[step.id] ?? step.state }))

const labelled = (steps: readonly KioskStep[], label: string): KioskStep[] =>
  steps.map((step) => (step.id === "capture" ? { ...step, label } : step))

/** The steps after an event. A step is "good" only because an event said that it happened; what was under way when the
 *  attempt ended, and of which the outcome says nothing, is "waiting" again. */
export function kioskStepsAfter(steps: readonly KioskStep[], event: KioskEvent): readonly KioskStep[] {
  switch (event.step) {
    case "connected":
      return changed(firstKioskSteps, { connection: "good" })
    case "password":
      return changed(steps, { password: "now" })
    case "password-accepted":
      return changed(steps, { password: "good" })
    case "touch":
      return changed(labelled(steps, "Touch the scanner"), { capture: "now", checks: "waiting" })
    case "face":
      return changed(labelled(steps, "Show your face"), { capture: "now", checks: "waiting" })
    case "captured":
    case "shown":
      return changed(steps, { capture: "good", checks: "now" })
    case "again":
      return changed(steps, { checks: "bad" })
    case "waiting":
      return steps
    case "lost":
      return changed(firstKioskSteps, { connection: "bad" })
    case "result": {
      const checking = steps.some(({ id, state }) => id === "checks" && state === "now")
      const told = statesOfResult(event.outcome, checking)
      return changed(steps, told).map((step) => (step.state === "now" ? { ...step, state: "waiting" } : step))
    }
  }
}
