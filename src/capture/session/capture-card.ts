import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { countBy } from "@sourceprint/core/dataset/count-by.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { defined } from "@sourceprint/core/defined.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { CaptureDataset } from "./capture-dataset.js"
import type { SessionPlan } from "./plan.js"
import { readSessionLog, type SessionLog } from "./session-log.js"

/** The first line of a card that sessions may replace; who edits a card takes the line out. */
const OURS = "<!-- kept up to date by capture session; remove this line to write the card by hand -->"

/** What a captured dataset is, for people: counts, scanners, how it was taken, who agreed to what. */
function captureCard(samples: readonly Sample[], plan: SessionPlan, log: SessionLog): string {
  const rows = [...countBy(samples, (sample) => sample.scanner)].map(([scanner, images]) => {
    const theirs = samples.filter((sample) => sample.scanner === scanner)
    const first = defined(theirs[0], "image")
    const people = new Set(theirs.map((sample) => sample.subject)).size
    const size = `${first.widthPx} × ${first.heightPx}, ${first.bitDepth} bits, ${first.dpi} dpi`
    return `| ${scanner} | ${first.scannerModel} | ${images} | ${people} | ${size} |`
  })
  const given = new Set(log.consents.filter((entry) => entry.given).map((entry) => entry.subject)).size
  const consent =
    plan.consent === undefined
      ? "Consent: the plan asks for none."
      : `Consent: ${given} people agreed to: "${plan.consent.text}"`
  const simulated = plan.simulated ? ", **simulated**: synthetic fingers on simulated scanner units" : ""
  const counts = `Skipped touches: ${log.skipped.length}; removed by undo: ${log.undone.length}`
  return `${OURS}
# ${plan.dataset}

${samples.length} touches${simulated}. Latest plan: ${plan.name}.

| scanner | model | touches | people | image |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

- Taken with \`sourceprint capture session\`; levels of fewer than 8 bits expanded by ${
    plan.expansion
  }, the raw bytes lie beside each image (.nib).
- ${consent}
- ${counts}; notes: ${log.notes.length} (sessions/${plan.name}.json).
- Check it with \`sourceprint capture verify ${plan.dataset}\`.
`
}

/** Writes `card.md` unless somebody took it into their own hands. */
export function updateCaptureCard(dataset: CaptureDataset, plan: SessionPlan): Promise<void> {
  return dataset.exclusive(async () => {
    const path = join(dataset.folder, "card.md")
    const old = await readFile(path, "utf8").catch(() => undefined)
    if (old !== undefined && !old.startsWith(OURS)) return
    const samples = await dataset.samplesHeld()
    if (samples.length === 0) return
    await writeFileAtomic(path, captureCard(samples, plan, await readSessionLog(dataset.folder, plan.name)))
  })
}
