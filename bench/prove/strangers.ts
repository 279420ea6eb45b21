import type { Claim, Finding } from "./claim.js"
import { resolutionCases } from "./strangers/a-resolution.js"
import { importCases } from "./strangers/b-import.js"
import { badItemCases } from "./strangers/c-bad-items.js"
import { otherDataCases } from "./strangers/d-other-data.js"
import { causeCases } from "./strangers/e-causes.js"
import { closedOutputCases } from "./strangers/f-closed-output.js"
import { clientCases } from "./strangers/g-clients.js"
import { publicCauseCases, publicSetCases } from "./strangers/public-complaints.js"
import { judge, type StrangerCase } from "./strangers/stranger-case.js"

/** Each letter with its cases: one file a letter in `strangers/`. */
export const letters: readonly {
  readonly letter: string
  readonly title: string
  readonly cases: readonly StrangerCase[]
}[] = [
  { letter: "A", title: "a default is not taken for a fact", cases: resolutionCases },
  { letter: "B", title: "an import overwrites nothing that people made", cases: importCases },
  { letter: "C", title: "one bad item does not end the set", cases: [...badItemCases, ...publicSetCases] },
  { letter: "D", title: "no other data than meant", cases: otherDataCases },
  { letter: "E", title: "a message names the true cause", cases: [...causeCases, ...publicCauseCases] },
  { letter: "F", title: "a closed output ends nothing but the printing", cases: closedOutputCases },
  { letter: "G", title: "clients that were written elsewhere", cases: clientCases },
]

/** One claim a letter, one line a case: input, exit code, what is said. */
export const claims: readonly Claim<Finding>[] = letters.map(({ letter, title, cases }) => ({
  title: `${letter}: ${title} (${cases.length} cases)`,
  async measure(logLine) {
    const findings = []
    for (const [index, one] of cases.entries()) {
      logLine(`${letter}${index + 1} ${one.input}`)
      findings.push(await judge(`${letter}${index + 1}`, one))
    }
    return findings
  },
}))
