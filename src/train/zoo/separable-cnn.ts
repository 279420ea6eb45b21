import { z } from "zod"
import type { ModelEntry } from "./model-entry.js"
import { patchNetwork, patchSettings, scalingSetting } from "./patch-network.js"

const Settings = z.strictObject({
  ...patchSettings,
  scaling: scalingSetting,
  patchGrid: z.int().min(1).max(6).default(2),
  /** Filters of the blocks; the first is a full convolution, the others are depthwise separable. */
  filters: z.array(z.int().min(1).max(256)).min(1).max(8).default([8, 16, 24, 32]),
})

/** For a Raspberry Pi: about two thousand weights and one multiplication in eight of a plain network. */
export const separableCnn: ModelEntry = {
  id: "separable-cnn",
  summary: "depthwise separable blocks, about 2,500 weights, for small computers",
  settings: Settings,
  plan: (settings, view) =>
    patchNetwork(view, {
      ...Settings.parse(settings ?? {}),
      name: "separable-cnn",
      laterStages: "separable",
      pooling: "average",
      learningRate: 3e-3,
    }),
}
