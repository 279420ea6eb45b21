import { z } from "zod"
import type { ModelEntry } from "./model-entry.js"
import { patchNetwork, patchSettings, scalingSetting } from "./patch-network.js"

const Settings = z.strictObject({
  ...patchSettings,
  scaling: scalingSetting,
  patchGrid: z.int().min(1).max(6).default(3),
  /** Filters of the convolution blocks; every block but the last halves the side. */
  filters: z.array(z.int().min(1).max(256)).min(1).max(6).default([8, 16, 32, 32]),
})

/** Plain convolution blocks (3 × 3, batch normalisation, ReLU, max pooling), global average, one sigmoid. */
export const smallCnn: ModelEntry = {
  id: "small-cnn",
  summary: "plain convolution blocks on patches of the window, mean vote",
  settings: Settings,
  plan: (settings, view) =>
    patchNetwork(view, {
      ...Settings.parse(settings ?? {}),
      name: "small-cnn",
      pooling: "max",
      learningRate: 2e-3,
    }),
}
