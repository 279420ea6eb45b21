import { grouped } from "@sourceprint/core/grouped.js"
import type { Block } from "@sourceprint/report/document.js"
import { quantityOf } from "./quantity-of.js"
import { signInFigures } from "./run-presentations.js"
import type { TrialRecord } from "./run-whole-trial.js"

type Presentations = NonNullable<TrialRecord["presentations"]>

interface PresentedRow {
  readonly what: string
  readonly sessions: number
  readonly passed: number
  readonly reasons: string
}

/** Sessions of the fingers themselves, then those of each species. */
function rowsOf({ sessions }: Presentations): PresentedRow[] {
  const kinds = grouped(sessions, ({ species }) => species)
  const named = [...kinds].sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0))
  return named.map(([species = "bona fide", own]) => {
    const counts = grouped(own, ({ reason }) => reason)
    return {
      what: species,
      sessions: own.length,
      passed: own.filter(({ passed }) => passed).length,
      reasons: [...counts].map(([reason, those]) => `${reason} ${those.length}`).join(", "),
    }
  })
}

/** One line a kind of presentation, for the terminal. */
export const presentationLines = ({ presentations }: Pick<TrialRecord, "presentations">): string[] =>
  presentations === undefined
    ? []
    : rowsOf(presentations).map(
        ({ what, sessions, passed }) => `presentations, ${what}: ${passed} of ${sessions} let in`,
      )

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "))

/** Whole sign-ins with images of a dataset, where the trial brought some. */
export function presentationBlocks({ config, presentations }: TrialRecord): readonly Block[] {
  if (presentations === undefined) return []
  const figures = signInFigures(presentations)
  const errorOf = (what: string) =>
    what === "bona fide" ? figures?.bpcer : figures?.apcer.find(({ species }) => species === what)
  const { liveness } = config.matching
  return [
    {
      kind: "section",
      title: "Fingers and artefacts of a dataset",
      blocks: [
        {
          kind: "table",
          title: "Who was let in, one image a session",
          columns: [
            { key: "what", label: "Presentation", always: true },
            { key: "sessions", label: "Sessions", unit: "count", always: true },
            { key: "passed", label: "Passed", unit: "count", always: true },
            { key: "error", label: "BPCER or APCER", unit: "rate", always: true, hint: "ISO/IEC 30107-3, of sign-ins" },
            { key: "reasons", label: "Last reason in the audit log", always: true },
          ],
          rows: rowsOf(presentations).map((row) => {
            const error = errorOf(row.what)
            return { ...row, ...(error === undefined ? {} : { error: quantityOf(error, "sessions") }) }
          }),
          note:
            `Images of ${config.presentations?.dataset ?? "a dataset"}, none of them simulated by this trial; name, ` +
            "password and device are right. Bona fide: sessions that were refused (BPCER); attacks: sessions that " +
            `were let in (APCER). 95 % intervals by drawing fingers again. Liveness model: ${liveness ?? "none"}; ` +
            "the figures say something about it only where none of these fingers trained it. Fingers that were not " +
            `enrolled: ${listed(presentations.notEnrolled)}. Attacks that were not tried because their finger has ` +
            `too few images of its own: ${presentations.attacksLeftOut}.`,
        },
      ],
    },
  ]
}
