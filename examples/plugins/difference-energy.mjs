// @ts-check
// A plug-in: a model of a kind of its own, an augmentation, a metric and a section of the report.
//   plugins: [examples/plugins/difference-energy.mjs]
//   models: [{ id: difference-energy }]
import {
  contractFor,
  defineAugmentation,
  defineMetric,
  defineModel,
  definePlugin,
  inputShape,
  z,
} from "@sourceprint/train"

const KIND = "difference-energy-v1"
const State = z.strictObject({ sidePx: z.int(), mean: z.array(z.array(z.number())), deviation: z.array(z.number()) })

/** Logarithms of the mean squared differences to the right and to the lower neighbour: where a scanner's grain lies.
 *  @param {Float32Array} row
 *  @param {number} sidePx */
function energies(row, sidePx) {
  let [across, down] = [1e-3, 1e-3]
  for (let y = 0; y < sidePx - 1; y++) {
    for (let x = 0; x < sidePx - 1; x++) {
      const here = row[y * sidePx + x]
      across += (row[y * sidePx + x + 1] - here) ** 2
      down += (row[(y + 1) * sidePx + x] - here) ** 2
    }
  }
  return [Math.log(across / sidePx ** 2), Math.log(down / sidePx ** 2)]
}

/** A Gaussian of each class with the same deviations; log-odds are the difference of their logarithms.
 *  @param {z.infer<typeof State>} state */
const gaussians = (state) => {
  const { sidePx, mean, deviation } = state
  const length = sidePx ** 2
  return {
    kind: KIND,
    parameterCount: 6,
    /** @param {Float32Array} rows */
    predict: (rows) =>
      Float32Array.from({ length: rows.length / length }, (_, i) => {
        const features = energies(rows.subarray(i * length, (i + 1) * length), sidePx)
        const logOdds = features.reduce((sum, value, j) => {
          const distance = (/** @type {number} */ label) => ((value - mean[label][j]) / deviation[j]) ** 2
          return sum + (distance(0) - distance(1)) / 2
        }, 0)
        return 1 / (1 + Math.exp(-logOdds))
      }),
    files: () => new Map([["difference-energy.json", new TextEncoder().encode(JSON.stringify(state))]]),
  }
}

const model = defineModel({
  id: "difference-energy",
  summary: "how strongly neighbouring pixels differ, across and down -> a Gaussian a class",
  settings: z.strictObject({
    patchSidePx: z.int().min(16).max(256).default(64),
    patchGrid: z.int().min(1).max(6).default(2),
  }),
  plan({ patchSidePx, patchGrid }, view) {
    const input = contractFor(view, {
      patches: { sidePx: patchSidePx, grid: patchGrid },
      encoding: { kind: "pixels", channels: 1, scaling: "raw" },
    })
    const [sidePx] = inputShape(input)
    return {
      input,
      inputShape: inputShape(input),
      training: { epochs: 1, batchSize: 32, learningRate: 1e-3, patience: 1 },
      augmentable: false,
      recipe: {
        kind: "classical",
        modelKind: KIND,
        fit({ rows, rowLength, labels }) {
          const features = Array.from(labels, (_, i) =>
            energies(rows.subarray(i * rowLength, (i + 1) * rowLength), sidePx),
          )
          const average = (/** @type {number[]} */ values) => values.reduce((sum, v) => sum + v, 0) / values.length
          const mean = [0, 1].map((label) =>
            [0, 1].map((j) => average(features.filter((_, i) => labels[i] === label).map((feature) => feature[j]))),
          )
          const deviation = [0, 1].map((j) =>
            Math.max(0.01, Math.sqrt(average(features.map((feature, i) => (feature[j] - mean[labels[i]][j]) ** 2)))),
          )
          return gaussians({ sidePx, mean, deviation })
        },
        read: (files) =>
          gaussians(State.parse(JSON.parse(new TextDecoder().decode(files.get("difference-energy.json"))))),
      },
    }
  },
})

const negative = defineAugmentation({
  id: "negative",
  summary: "black and white exchanged in a share of the patches",
  settings: z.strictObject({ share: z.number().min(0).max(1).default(0.5) }),
  change: (patch, { share }, rng) =>
    rng.float() < share ? { ...patch, pixels: patch.pixels.map((grey) => 255 - grey) } : patch,
})

const worstScanner = defineMetric({
  id: "worst-scanner-fmr",
  summary: "the highest false match rate of any other scanner",
  measure({ scores, labels, scanners, threshold }) {
    const others = [...new Set(scanners.filter((_, i) => labels[i] === 0))]
    const rates = others.map((scanner) => {
      const own = scores.filter((_, i) => labels[i] === 0 && scanners[i] === scanner)
      return own.filter((score) => score >= threshold).length / own.length
    })
    return Math.max(...rates)
  },
})

export default definePlugin({
  name: "difference-energy",
  version: "1.0.0",
  models: [model],
  augmentations: [negative],
  metrics: [worstScanner],
  sections: [
    ({ jobs }) => ({
      kind: "section",
      title: "Grain of the scanners",
      blocks: [
        {
          kind: "facts",
          facts: jobs.map(({ metrics }) => [`${metrics.task}, fold ${metrics.fold}`, `EER ${metrics.eval.eer}`]),
        },
      ],
    }),
  ],
})
