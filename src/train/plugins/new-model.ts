import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"

const PACKAGE = "@sourceprint/train"

/** Plain JavaScript with types from comments: every Node loads it, and editors check it like TypeScript. */
const template = (id: string): string => `// @ts-check
import { defineAugmentation, defineMetric, defineModel, definePlugin, patchNetwork, z } from "${PACKAGE}"

const model = defineModel({
  id: "${id}",
  summary: "two convolution blocks on patches of the window, mean vote",
  // Every key has a default; unknown keys are refused.
  settings: z.strictObject({
    patchSidePx: z.int().min(32).max(256).default(64),
    patchGrid: z.int().min(1).max(6).default(2),
    filters: z.array(z.int().min(1).max(256)).min(1).default([8, 16]),
  }),
  plan: (settings, view) =>
    patchNetwork(view, {
      ...settings,
      name: "${id}",
      scaling: "standardised",
      firstStride: 2,
      pooling: "max",
      weightDecay: 1e-4,
      learningRate: 2e-3,
    }),
})

/** Exchanges black and white in a share of the patches. In an experiment: augment: { steps: [{ id: ${id}-invert }] } */
const invert = defineAugmentation({
  id: "${id}-invert",
  summary: "black and white exchanged in a share of the patches",
  settings: z.strictObject({ share: z.number().min(0).max(1).default(0.5) }),
  change: (patch, { share }, rng) =>
    rng.float() < share ? { ...patch, pixels: patch.pixels.map((grey) => 255 - grey) } : patch,
})

/** Every trained model of an experiment with this plug-in is measured so, on eval. */
const meanScoreOfTarget = defineMetric({
  id: "${id}-mean-score",
  summary: "mean probability given to images of the target scanner",
  measure({ scores, labels }) {
    const own = scores.filter((_, i) => labels[i] === 1)
    return own.reduce((sum, score) => sum + score, 0) / own.length
  },
})

export default definePlugin({
  name: "${id}",
  version: "0.1.0",
  models: [model],
  augmentations: [invert],
  metrics: [meanScoreOfTarget],
})
`

/** Writes `<folder>/<id>.mjs`, a plug-in that works as it stands. @returns its path
 *  @throws AppError "new/name", "new/exists", "file/write" */
export async function newModel(folder: string, id: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id))
    throw new AppError("new/name", `"${id}" is no id of a model: lower-case letters, digits and dashes`)
  const path = join(folder, `${id}.mjs`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, template(id), { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    const exists = cause.code === "EEXIST"
    const why = exists ? "it is there already; choose another name" : messageOf(cause)
    throw new AppError(exists ? "new/exists" : "file/write", `${path}: ${why}`, { cause })
  })
  return path
}
