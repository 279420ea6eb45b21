import type { BootstrapResult } from "@sourceprint/core/metrics/group-bootstrap.js"
import type { Section } from "@sourceprint/report/document.js"
import { formatNumber, formatRange } from "@sourceprint/report/quantity.js"
import type { ConfigurationSummary, VerificationFigures } from "../run-summary.js"
import { type LoadedRun, rankedConfigurations } from "./load-run.js"
import { intervalCell, rateCell } from "./model-comparison.js"

const eerText = ({ value, interval: { low, high } }: BootstrapResult): string =>
  `${formatNumber(value, "rate")} (${formatRange(low, high, "rate")})`

/** Half of all decisions wrong is what a model reaches that tells nothing apart. */
const isChance = ({ eer: { interval } }: VerificationFigures): boolean => interval.low <= 0.5 && interval.high >= 0.5

const images = (count: number): string => (count === 1 ? "1 image" : `${count} images`)

/** EER by number of enrolment images and what the control says, for the verdict. Empty where the run did not ask. */
export function verificationSentence({ verification = [] }: Pick<ConfigurationSummary, "verification">): string {
  const parts = verification
    .filter(({ splitUnit }) => splitUnit === undefined)
    .map(({ enrolmentImages, eer }) => `${images(enrolmentImages)} ${eerText(eer)}`)
  if (parts.length === 0) return ""
  const control = verification.find(({ splitUnit }) => splitUnit)
  const split =
    control === undefined
      ? "; the split-unit control was not asked for"
      : `; split-unit control ${eerText(control.eer)}, ` +
        (isChance(control) ? "within chance" : "not within chance: something other than the unit is told apart")
  return `EER by enrolment: ${parts.join(", ")}${split}.`
}

/** Scanners enrolled from few images and tried by other people: nothing where the run is about something else. */
export function verificationSection(run: LoadedRun): Section | undefined {
  const models = rankedConfigurations(run).filter(({ summary }) => summary.verification !== undefined)
  const [winner] = models
  if (winner === undefined) return undefined
  return {
    kind: "section",
    title: "Verification of scanners",
    blocks: [
      {
        kind: "table",
        title: "Is this the scanner of these enrolment images?",
        columns: [
          { key: "label", label: "Model", always: true },
          { key: "enrolled", label: "Enrolled", always: true },
          { key: "eer", label: "EER", unit: "rate", always: true },
          { key: "fmr", label: "FMR", unit: "rate", always: true },
          { key: "fnmr", label: "FNMR", unit: "rate", always: true },
          { key: "auc", label: "AUC", unit: "score" },
        ],
        rows: models.flatMap(({ summary: { label, verification = [] } }) =>
          verification.map(({ enrolmentImages, splitUnit, eer, fmr, fnmr, auc }) => ({
            label,
            enrolled: splitUnit ? `split-unit control, ${images(enrolmentImages)}` : images(enrolmentImages),
            eer: intervalCell(eer),
            fmr: rateCell(fmr),
            fnmr: rateCell(fnmr),
            auc: intervalCell(auc),
          })),
        ),
        note:
          "Enrolment, dev and eval have other people. All targets, folds and draws of enrolment images in one; FMR " +
          "and FNMR at thresholds from dev, 95 % intervals by drawing fingers again. The control cuts one unit " +
          "in two by people: a model that knows units, and not people or sessions, has an EER of 50 % there.",
      },
      {
        kind: "table",
        title: `${winner.summary.label} by target`,
        columns: [
          { key: "task", label: "Task", always: true },
          { key: "eer", label: "EER", unit: "rate", always: true },
          { key: "fmr", label: "FMR", unit: "rate", always: true },
          { key: "fnmr", label: "FNMR", unit: "rate", always: true },
        ],
        rows: winner.summary.tasks.map(({ task, eer, fmr, fnmr }) => ({
          task,
          eer: intervalCell(eer),
          fmr: rateCell(fmr),
          fnmr: rateCell(fnmr),
        })),
      },
    ],
  }
}
