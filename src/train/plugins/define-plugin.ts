import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import type { Rng } from "@sourceprint/core/rng.js"
import type { ViewConfig } from "@sourceprint/model/input-contract.js"
import type { Section } from "@sourceprint/report/document.js"
import type { z } from "zod"
import type { LoadedRun } from "../report/load-run.js"
import type { ModelEntry, ModelPlan } from "../zoo/model-entry.js"
import type { AugmentationEntry, MetricEntry, Plugin } from "./plugin.js"

/** A plug-in with its parts checked by TypeScript: the default export of a plug-in file. */
export const definePlugin = (
  plugin: Omit<Plugin, "sections"> & {
    readonly sections?: readonly ((run: LoadedRun) => Section | undefined | Promise<Section | undefined>)[]
  },
): Plugin => plugin

/** A model whose `plan` is given its settings parsed, with the type that the schema says. */
export function defineModel<Settings extends z.ZodType>(
  model: Pick<ModelEntry, "id" | "summary"> & {
    readonly settings: Settings
    plan(settings: z.output<Settings>, view: ViewConfig): ModelPlan
  },
): ModelEntry {
  return { ...model, plan: (settings, view) => model.plan(model.settings.parse(settings ?? {}), view) }
}

/** A change of training patches whose settings have the type that the schema says. */
export function defineAugmentation<Settings extends z.ZodType>(
  augmentation: Pick<AugmentationEntry, "id" | "summary"> & {
    readonly settings: Settings
    change(patch: GrayImage, settings: z.output<Settings>, rng: Rng): GrayImage
  },
): AugmentationEntry {
  const { change } = augmentation
  return { ...augmentation, change: (patch, settings, rng) => change(patch, settings as z.output<Settings>, rng) }
}

export const defineMetric = (metric: MetricEntry): MetricEntry => metric
