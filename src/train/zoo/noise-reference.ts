import { AppError } from "@sourceprint/core/errors.js"
import type { Encoding, ViewConfig } from "@sourceprint/model/input-contract.js"
import {
  likenesses,
  type NoiseReferenceState,
  noiseReferenceModel,
  normalised,
} from "@sourceprint/model/noise-reference.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { contractFor } from "./contract-for.js"
import { logisticRegression } from "./logistic-regression.js"
import type { LabelledRows, ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  /** `pixels` lines residuals up pixel by pixel (needs sensor-window or whole-frame); `spectrum` compares their power
   *  spectra, wherever the window lies; `auto` takes what the region allows. */
  domain: z.enum(["auto", "spectrum", "pixels"]).default("auto"),
})

function encodingOf(domain: z.infer<typeof Settings>["domain"], { region, patches }: ViewConfig): Encoding {
  const aligned = region.kind !== "common-window" && (patches?.grid ?? 1) === 1
  if (domain === "pixels" && !aligned) {
    throw new AppError(
      "zoo/view",
      "noise-reference in pixels needs the same sensor pixels in every row: choose region sensor-window " +
        "or whole-frame with one patch, or domain spectrum",
    )
  }
  const inPixels = domain === "pixels" || (domain === "auto" && aligned)
  return { kind: inPixels ? "residual-v1" : "residual-spectrum-v1" }
}

const rowAt = ({ rows, rowLength }: LabelledRows, i: number): Float32Array =>
  rows.subarray(i * rowLength, (i + 1) * rowLength)

function meanRow(data: LabelledRows, keep: (i: number) => boolean): Float32Array {
  const sum = new Float64Array(data.rowLength)
  let n = 0
  for (let i = 0; i < data.labels.length; i++) {
    if (!keep(i)) continue
    n++
    const row = rowAt(data, i)
    for (let j = 0; j < sum.length; j++) sum[j] += row[j]
  }
  return Float32Array.from(sum, (total) => total / Math.max(1, n))
}

/** Keeps a column that never varies within a scanner from deciding alone, units of the encoding. */
const LEAST_DEVIATION = 1e-3

/** Mean row of each scanner, the target's first, without what all scanners share, weighed by what is stable. */
function fitReferences(training: LabelledRows): Pick<NoiseReferenceState, "common" | "factor" | "references"> {
  const { labels, sources, rowLength } = training
  const target = sources[labels.indexOf(1)]
  const others = [...new Set(sources)].filter((source) => source !== target).sort((a, b) => a - b)
  const means = new Map([target, ...others].map((of) => [of, meanRow(training, (i) => sources[i] === of)]))
  const common = new Float32Array(rowLength)
  for (const mean of means.values()) for (let j = 0; j < rowLength; j++) common[j] += mean[j] / means.size
  const squares = new Float64Array(rowLength)
  sources.forEach((source, i) => {
    const row = rowAt(training, i)
    const mean = means.get(source) ?? common
    for (let j = 0; j < rowLength; j++) squares[j] += (row[j] - mean[j]) ** 2
  })
  const factor = Float32Array.from(squares, (sum) => 1 / (LEAST_DEVIATION + Math.sqrt(sum / sources.length)))
  return {
    common,
    factor,
    references: [...means.values()].map((mean) => normalised(mean, { common, factor })),
  }
}

/** Sensor-pattern noise the classical way: correlate with each scanner's averaged denoising residual. */
export const noiseReference: ModelEntry = {
  id: "noise-reference",
  summary: "classical: correlation with each scanner's averaged denoising residual, calibrated on dev",
  settings: Settings,
  plan(settings, view) {
    const { domain } = Settings.parse(settings ?? {})
    const input = contractFor(view, { encoding: encodingOf(domain, view) })
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 1, batchSize: 32, learningRate: 1e-3, patience: 1 },
      augmentable: false,
      recipe: {
        kind: "classical",
        modelKind: "noise-reference-v1",
        fit(training, dev) {
          const state = fitReferences(training)
          const features = Array.from(dev.labels, (_, i) => {
            const { target, other } = likenesses(rowAt(dev, i), state)
            return [target, other]
          })
          const [forTarget, forOther, bias] = logisticRegression(features, dev.labels)
          return noiseReferenceModel({
            ...state,
            rowLength: training.rowLength,
            weights: [forTarget, forOther, bias],
          })
        },
      },
    }
  },
}
