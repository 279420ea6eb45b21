import { Check, JobEnd } from "@sourceprint/protocol/scanner-progress.js"
import { BlobImage } from "../ui/blob-image.js"
import { type Step, Steps } from "../ui/steps.js"
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

/** Touch, image, checks, decision: each lights up when the server tells of it. */
function stepsOf(report: TouchReport): Step[] {
  const { touch, capturing, image, checks, ended, ahead } = report
  const whole = image?.whole === true || checks.length > 0 || ended !== undefined
  const steps: Step[] = [
    {
      id: "touch",
      label: touch === undefined ? "Waiting for the scanner" : "Touch the scanner",
      state: capturing || image !== undefined || whole ? "good" : "now",
      detail: touch === undefined ? (ahead > 0 ? `${ahead} before you` : undefined) : `code ${touch.code}`,
    },
    {
      id: "image",
      label: "The image arrives",
      state: whole ? "good" : capturing || image !== undefined ? "now" : "waiting",
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
    state: ended === undefined ? (whole ? "now" : "waiting") : ended.end === JobEnd.accepted ? "good" : "bad",
  })
  return steps
}

/** What happens at the scanner. The code is shown at both ends: who touches sees whose sign-in it is. */
export function TouchScene({ report }: { report: TouchReport }) {
  const { touch, image } = report
  return (
    <div class="card touch">
      {touch !== undefined && image === undefined && (
        <p class="touch-code" role="status">
          Put your finger on <strong>{touch.scannerId}</strong> if it shows
          <span class="code-digits">{touch.code}</span>
        </p>
      )}
      {image !== undefined && (
        <figure class="print">
          <BlobImage
            bytes={image.image}
            type="image/bmp"
            alt={image.whole ? "The image of your finger" : "The outline of your finger"}
          />
        </figure>
      )}
      <Steps label="Progress of the touch" steps={stepsOf(report)} />
    </div>
  )
}
