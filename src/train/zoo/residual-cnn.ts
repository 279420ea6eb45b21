import { ResidualConv } from "@sourceprint/model/layers/residual-conv.js"
import { z } from "zod"
import type { ModelEntry } from "./model-entry.js"
import { patchNetwork, patchSettings } from "./patch-network.js"

const Settings = z.strictObject({
  ...patchSettings,
  patchGrid: z.int().min(1).max(6).default(3),
  firstLayer: z.enum(["fixed", "constrained"]).default("fixed"),
  /** Filters of the constrained first layer; the fixed one has six. */
  firstFilters: z.int().min(1).max(64).default(6),
  clipLevels: z.number().min(0.5).max(255).default(8),
  filters: z.array(z.int().min(1).max(256)).min(1).max(6).default([12, 24, 32]),
})

/** Sees noise, not ridges: high-pass residuals, clipped, then convolution blocks with average pooling. */
export const residualCnn: ModelEntry = {
  id: "residual-cnn",
  summary: "high-pass (fixed or constrained) first layer, convolution blocks on patches, mean vote",
  settings: Settings,
  plan(settings, view) {
    const { firstLayer, firstFilters, clipLevels, ...network } = Settings.parse(settings ?? {})
    return patchNetwork(view, {
      ...network,
      name: "residual-cnn",
      scaling: "raw", // the clip is in grey levels
      front: (patch, seed) =>
        new ResidualConv({
          kernels: firstLayer,
          filters: firstFilters,
          clipLevels,
          seed: seed + 100,
          name: "residual",
        }).apply(patch) as typeof patch,
      pooling: "average",
      learningRate: 2e-3,
    })
  },
}
