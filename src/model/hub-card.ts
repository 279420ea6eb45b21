import { stringify } from "yaml"
import type { ModelCard } from "./model-card.js"

/** What the hub knows a licence by: the card's own words may say more. */
const SPDX = /^(apache-2\.0|mit|bsd-[23]-clause|cc0-1\.0|cc-by(-(sa|nc|nd|nc-sa|nc-nd))?-4\.0)\b/i

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`

/** A model's card in the format of the Hugging Face hub: `README.md` with metadata in YAML (licence, tags, figures of
 *  eval) above the text. Source: the hub's documentation of model cards. */
export function hubCard(card: ModelCard): string {
  const { task, metrics, threshold, input, origin } = card
  const { eval: found } = metrics
  const spdx = SPDX.exec(card.licence)?.[1]?.toLowerCase()
  const figures = [
    { type: "balanced_accuracy", name: "Balanced accuracy", value: found.balancedAccuracy },
    { type: "equal_error_rate", name: "Equal error rate", value: found.eer },
    { type: "false_match_rate", name: "False match rate at the threshold", value: found.fmr.rate },
    { type: "false_non_match_rate", name: "False non-match rate at the threshold", value: found.fnmr.rate },
    { type: "roc_auc", name: "Area under the ROC curve", value: found.auc },
  ]
  const dataset = { type: "fingerprint-images", name: origin.experiment, split: "eval", revision: origin.datasetHash }
  const metadata = {
    license: spdx ?? "other",
    ...(spdx === undefined ? { license_name: "see-card", license_link: "card.json" } : {}),
    library_name: "sourceprint",
    pipeline_tag: "image-classification",
    tags: ["fingerprint", "source-scanner-identification", "biometrics", card.model.id],
    "model-index": [
      {
        name: card.id,
        results: [{ task: { type: "image-classification", name: "Source scanner" }, dataset, metrics: figures }],
      },
    ],
  }
  const counted = ({ rate, errors, trials, interval }: typeof found.fmr): string =>
    `${percent(rate)} (${errors} of ${trials}; ${percent(interval.low)} to ${percent(interval.high)})`
  const tried = card.openWorld ?? []
  return `---
${stringify(metadata, { lineWidth: 0 }).trimEnd()}
---

# ${card.id}

Was a fingerprint image taken by the scanner \`${task.target}\`? Told apart from: ${task.others.join(", ")}.

- Model: \`${card.model.id}\`, ${card.model.parameterCount} parameters, ${card.model.sizeBytes} bytes.
- A score of at least ${threshold.value} accepts; chosen on ${threshold.chosenOn} (${threshold.policy}).
- Trained on ${origin.trainImages.target} images of the scanner and ${origin.trainImages.others} of the others.

## Figures on eval, split by ${metrics.splitBy}

| figure | value (counts, 95 % interval) |
| --- | --- |
| balanced accuracy | ${percent(found.balancedAccuracy)} |
| equal error rate | ${percent(found.eer)} |
| false match rate at the threshold | ${counted(found.fmr)} |
| false non-match rate at the threshold | ${counted(found.fnmr)} |
${
  tried.length === 0
    ? "\nScanners never seen, handled and forged images were not tried."
    : `\n| tried beside the closed set | false match rate |\n| --- | --- |\n${tried
        .map(({ kind, condition, fmr }) => `| ${kind}: ${condition} | ${counted(fmr)} |`)
        .join("\n")}`
}

## Limits

${card.limits.map((limit) => `- ${limit}`).join("\n")}

## Use

\`\`\`sh
sourceprint model predict ${card.id} image.bmp
\`\`\`

Input contract:

\`\`\`json
${JSON.stringify(input, undefined, 2)}
\`\`\`

Licence: ${card.licence}.
Experiment \`${origin.experiment}\`, run \`${origin.run}\`, code
\`${origin.commit}\`, data SHA-256
\`${origin.datasetHash}\`. \`card.json\` has all of it, with the SHA-256 of every file.
`
}
