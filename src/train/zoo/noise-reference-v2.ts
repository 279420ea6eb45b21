import { AppError } from "@sourceprint/core/errors.js"
import { usablePixels } from "@sourceprint/model/features/sensor-marks.js"
import { type InputContract, patchSize, rowsPerImage, type ViewConfig } from "@sourceprint/model/input-contract.js"
import { enrolled, rowAsImage, unitWitnessModel } from "@sourceprint/model/unit-witness.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { z } from "zod"
import { contractFor } from "./contract-for.js"
import type { LabelledRows, ModelEntry } from "./model-entry.js"

const Settings = z.strictObject({
  /** Leave out what looks like a mark of the sensor (corners, a square, the border of what it sees). */
  withoutMarks: z.boolean().default(true),
})

function contractOf(view: ViewConfig): InputContract {
  const input = contractFor(view, { encoding: { kind: "pixels", channels: 1, scaling: "raw" } })
  if (view.region.kind !== "common-window" && rowsPerImage(input) === 1) return input
  throw new AppError(
    "zoo/view",
    "noise-reference-v2 needs the same sensor pixels in every image: choose region sensor-window or whole-frame with " +
      "one patch",
  )
}

/** Images by the scanner that took them, the target's first. */
function imagesByScanner(data: LabelledRows, width: number, height: number) {
  const bySource = new Map<number, ReturnType<typeof rowAsImage>[]>()
  const order = [...data.labels.keys()].sort((a, b) => data.labels[b] - data.labels[a] || a - b)
  for (const i of order) {
    const image = rowAsImage(data.rows.subarray(i * data.rowLength, (i + 1) * data.rowLength), width, height)
    const own = bySource.get(data.sources[i])
    if (own === undefined) bySource.set(data.sources[i], [image])
    else own.push(image)
  }
  return bySource
}

/** The unit's witness: fixed pattern of the pixels, aligned over lost rows, enrolled from one image up. */
export const noiseReferenceV2: ModelEntry = {
  id: "noise-reference-v2",
  summary:
    "the unit's witness: fixed pattern of its pixels from one image up, aligned over lost rows, without sensor marks",
  settings: Settings,
  plan(settings, view) {
    const { withoutMarks } = Settings.parse(settings ?? {})
    const input = contractOf(view)
    const { widthPx, heightPx } = patchSize(input)
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 1, batchSize: 32, learningRate: 1e-3, patience: 1 },
      augmentable: false,
      recipe: {
        kind: "classical",
        modelKind: "noise-reference-v2",
        enrols: true,
        fit(training, dev) {
          const scanners = imagesByScanner(training, widthPx, heightPx)
          const usable = new Uint8Array(widthPx * heightPx).fill(1)
          const seen = withoutMarks ? [scanners, imagesByScanner(dev, widthPx, heightPx)] : []
          for (const own of seen.flatMap((images) => [...images.values()]))
            for (const [i, keep] of usablePixels(own).entries()) usable[i] &= keep
          const size = { widthPx, heightPx, usable }
          return unitWitnessModel({ ...size, patterns: [...scanners.values()].map((own) => enrolled(size, own)) })
        },
      },
    }
  },
}
