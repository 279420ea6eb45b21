import type { Interval } from "@sourceprint/core/metrics/interval.js"
import type { LoadedRun } from "../report/load-run.js"

const COMMANDS: Readonly<Record<string, string>> = {
  "\\": "textbackslash",
  "{": "textbraceleft",
  "}": "textbraceright",
  "^": "textasciicircum",
  "~": "textasciitilde",
}

/** Text that LaTeX prints as it stands, in BibTeX entries too: their braces have to balance. */
export const latexText = (text: string): string =>
  text.replace(/[\\{}%&$#_^~]/g, (c) => (c in COMMANDS ? `\\${COMMANDS[c]}{}` : `\\${c}`))

const percent = (rate: number): string => (100 * rate).toFixed(2)
const withRange = (rate: number, { low, high }: Interval): string =>
  `${percent(rate)} & {\\footnotesize [${percent(low)}, ${percent(high)}]}`

/** The models of a run as a LaTeX table for the package booktabs; the chosen one in bold face. */
export function latexTable({ name, metrics }: LoadedRun): string {
  const rows = metrics.arms.map(({ arm, label, pooled: { balancedAccuracy, eer, fmr, fnmr } }) => {
    const model = arm === metrics.winner.arm ? `\\textbf{${latexText(label)}}` : latexText(label)
    const cells = [
      withRange(balancedAccuracy.value, balancedAccuracy.interval),
      withRange(eer.value, eer.interval),
      `${fmr.errors}/${fmr.trials}`,
      `${fnmr.errors}/${fnmr.trials}`,
    ]
    return `    ${[model, ...cells].join(" & ")} \\\\`
  })
  const figure = (title: string): string => `\\multicolumn{2}{c}{${title}}`
  const heads = [
    "Model",
    figure("Balanced accuracy"),
    figure("Equal error rate"),
    "False matches",
    "False non-matches",
  ].join(" & ")
  return `% Models of the run ${name} on eval: per cent with 95 % intervals over draws of fingers, and
% errors at thresholds from dev. In bold: chosen on dev. Needs \\usepackage{booktabs}.
\\begin{table}
  \\centering
  \\begin{tabular}{lr@{ }lr@{ }lrr}
    \\toprule
    ${heads} \\\\
    \\midrule
${rows.join("\n")}
    \\bottomrule
  \\end{tabular}
  \\caption{${latexText(name)}}
\\end{table}
`
}
