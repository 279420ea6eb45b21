import type { ComponentChildren } from "preact"

export interface Step {
  readonly id: string
  readonly label: string
  readonly state: "waiting" | "now" | "good" | "bad"
  /** What was found: a value and its threshold, how many are left. */
  readonly detail?: ComponentChildren
}

const words: Record<Step["state"], string> = {
  waiting: "not yet",
  now: "under way",
  good: "done",
  bad: "not passed",
}

/** Things that happen one after the other; each lights up when its turn comes. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol class="steps" aria-label={label}>
      {steps.map((step) => (
        <li key={step.id} class={step.state} aria-current={step.state === "now" ? "step" : undefined}>
          <span class="mark" aria-hidden="true" />
          <span class="step-label">
            {step.label}
            <span class="unseen">: {words[step.state]}</span>
          </span>
          {step.detail && <span class="step-detail">{step.detail}</span>}
        </li>
      ))}
    </ol>
  )
}
