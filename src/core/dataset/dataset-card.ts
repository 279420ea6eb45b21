import { basename } from "node:path"
import { countBy } from "./count-by.js"
import type { Sample } from "./sample.js"

/** The card of a dataset, for people: what is in it and what is still to be filled in by hand. */
export function datasetCard(samples: readonly Sample[], origin: { name: string; layout: string }): string {
  const fingers = new Set(samples.map((s) => `${s.subject}/${s.finger}`))
  const unlabelled = samples.filter((s) => s.subject === "").length
  const rows = [...countBy(samples, (s) => s.scanner)].map(([scanner, n]) => {
    const of = samples.filter((s) => s.scanner === scanner)
    const sizes = [...new Set(of.map((s) => `${s.widthPx} × ${s.heightPx}`))].join(", ")
    const dpi = [...new Set(of.map((s) => s.dpi))].join(", ")
    const people = new Set(of.map((s) => s.subject)).size
    return `| ${scanner} | ${of[0]?.scannerModel || "not known"} | ${n} | ${people} | ${sizes} | ${dpi} |`
  })
  const scanners = new Set(samples.map((s) => s.scanner)).size
  const unsplit = unlabelled > 0 ? `${unlabelled} images name no person: they cannot be split by person.` : ""
  return `# ${basename(origin.name)}

${samples.length} images, ${scanners} scanners, ${fingers.size} fingers; imported with
the layout \`${origin.layout}\`. ${unsplit}

| scanner | model | images | subjects | size, px | dpi |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

- Where it comes from and under which licence: fill in.
- Consent of the people in it: fill in.
- Known limits: fill in.
`
}
