import { checkDataset } from "@sourceprint/core/dataset/check-dataset.js"
import { countBy } from "@sourceprint/core/dataset/count-by.js"
import { likelyMistakes } from "@sourceprint/core/dataset/likely-mistakes.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import { splitSamples } from "@sourceprint/core/dataset/splits.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Region } from "@sourceprint/model/input-contract.js"
import { auditDataset } from "@sourceprint/train/audit/audit-dataset.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { terminalProgress } from "../terminal-progress.js"
import { textTable } from "../text-table.js"
import { datasetFolder } from "./dataset-folder.js"

const options = {
  dataset: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "dataset name: data/<dataset>",
  },
  "split-by": {
    choices: ["subject", "finger"] as const,
    default: "finger" as const,
    describe: "split to try",
  },
  folds: { type: "number", default: 5, describe: "folds of the split to try" },
  seed: { type: "number", default: 1, describe: "seed of the split to try" },
  window: {
    type: "number",
    default: 128,
    describe: "side of the common window that the probes look into, px",
  },
  probes: { type: "boolean", default: true, describe: "train the shortcut probes (--no-probes: leave out)" },
} satisfies Record<string, Options>

export const dataCheckCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "check",
  describe: "Look for what would spoil an experiment: unreadable, altered, doubled or leaking images",
  builder: options,
  handler: async ({ dataset, splitBy, folds, seed, window, probes }) => {
    const folder = datasetFolder(dataset)
    const samples = await readSamples(folder)
    const findings = await checkDataset(folder, samples, terminalProgress())
    console.log(textTable(["scanner", "images"], [...countBy(samples, (s) => s.scanner)]))
    console.log(`\nlargest class over smallest: ${findings.imbalance.toFixed(2)}`)
    console.log(`images of unknown resolution: ${samples.filter(({ dpi }) => dpi === "unknown").length}`)
    console.log(`images without a person: ${findings.withoutSubject}`)
    if (findings.scannersWithPeopleOfTheirOwn.length > 1) {
      console.log(
        `${findings.scannersWithPeopleOfTheirOwn.length} scanners share no person with another: a model ` +
          "may learn people",
      )
    }
    for (const line of likelyMistakes(samples)) console.log(`likely mistake: ${line}`)
    for (const { reason } of findings.unreadable) console.log(`unreadable: ${reason}`)
    for (const path of findings.altered) console.log(`altered since import: ${path}`)
    for (const { a, b, sameBytes, correlation, labelsDiffer } of findings.duplicates) {
      const kind = sameBytes ? "same file" : `near copy (correlation ${correlation.toFixed(3)})`
      console.log(`${kind}: ${a} and ${b}${labelsDiffer ? ", with different labels" : ""}`)
    }
    const splits = splitSamples(samples, { by: splitBy, seed, folds })
    console.log(`split by ${splitBy} into ${splits.length} folds: no overlap`)
    const scanners = new Set(samples.map(({ scanner }) => scanner))
    if (probes && scanners.size > 1 && findings.unreadable.length === 0) {
      const region = { kind: "common-window", sidePx: window } as const
      if (!Region.safeParse(region).success)
        throw new AppError("cli/usage", `--window ${window}: give a whole number of pixels from 32 to 512`)
      const { summaries } = await auditDataset(folder, samples, splits, region, terminalProgress())
      const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
      console.log(
        `\nHow well a scanner is told by a shortcut alone (one against all, balanced accuracy, 50 % is chance)`,
      )
      console.log(
        textTable(
          ["seen", "in", "mean", "best", "for"],
          summaries.map(({ probe, scope, balancedAccuracy, strongest }) => [
            probe,
            scope === "view" ? `a window of ${window} px` : "whole images",
            percent(balancedAccuracy),
            percent(strongest.balancedAccuracy),
            strongest.task,
          ]),
        ),
      )
    }
    const faults = findings.unreadable.length + findings.altered.length + findings.duplicates.length
    if (faults > 0) throw new AppError("data/faults", `${faults} findings in ${folder}, listed above`)
  },
}
