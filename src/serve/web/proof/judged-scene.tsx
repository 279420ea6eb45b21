import { FaceCheck } from "@sourceprint/protocol/face-progress.js"
import { type Step, Steps } from "../ui/steps.js"
import { decisionState } from "./decision-state.js"
import type { FaceReport } from "./proof-scene.js"

const checks: readonly { readonly check: FaceCheck; readonly label: string }[] = [
  { check: FaceCheck.integrity, label: "Integrity: as the camera took them" },
  { check: FaceCheck.freshness, label: "Freshness: taken now" },
  { check: FaceCheck.liveness, label: "Alive: a head that did what was asked" },
  { check: FaceCheck.person, label: "One person in all pictures" },
  { check: FaceCheck.face, label: "Face: match score" },
]

function valueWords(check: FaceCheck, value: number, threshold: number): string {
  if (check === FaceCheck.integrity) return "intact"
  if (check === FaceCheck.freshness)
    return `${(value / 1000).toFixed(1)} s old, at most ${(threshold / 1000).toFixed(0)} s`
  return `${value.toFixed(2)}, at least ${threshold.toFixed(2)}`
}

/** Pictures, checks, decision. The pictures are counted whatever is found in them; the checks light up after a pass
 *  only. */
function stepsOf({ looked, checks: told, decided }: FaceReport, enrols: boolean): Step[] {
  const all = looked !== undefined && looked.done === looked.total
  const passed = told.length > 0
  return [
    {
      id: "pictures",
      label: "The pictures are looked at",
      state: all || passed ? "good" : "now",
      detail: looked && `${looked.done} of ${looked.total}`,
    },
    ...checks.slice(0, enrols ? -1 : undefined).map(({ check, label }): Step => {
      const result = told.find((one) => one.check === check)
      const detail = result && valueWords(check, result.value, result.threshold)
      return { id: `check-${check}`, label, state: result === undefined ? "waiting" : "good", detail }
    }),
    { id: "decision", label: "Decision", state: decisionState(decided, all) },
  ]
}

/** Where the server is with a face capture. @param enrols there is nothing yet that the face has to match */
export function JudgedScene({ report, enrols }: { report: FaceReport; enrols: boolean }) {
  return (
    <div class="card touch">
      <p class="working" role="status">
        <span class="spinner" aria-hidden="true" /> The server checks…
      </p>
      <Steps label="Progress of the check" steps={stepsOf(report, enrols)} />
    </div>
  )
}
