import { AppError } from "@sourceprint/core/errors.js"
import { augmentationEntry } from "../plugins/load-plugin.js"
import type { PluginRef } from "../plugins/plugin.js"
import type { AugmentConfig, PatchStep } from "./augmented-patches.js"

/** The augmentations of plug-ins that a configuration asks for. A step that gives another size is an error of the job.
 *  @throws AppError "augment/unknown", "plugin/not-loaded", ZodError for settings that do not fit */
export const patchSteps = ({ steps = [] }: AugmentConfig, plugins: readonly PluginRef[] = []): PatchStep[] =>
  steps.map(({ id, settings }) => {
    const entry = augmentationEntry(id, plugins)
    const parsed = entry.settings.parse(settings)
    return (patch, rng) => {
      const changed = entry.change(patch, parsed, rng)
      const { width, height } = patch
      if (changed.width === width && changed.height === height && changed.pixels.length === width * height)
        return changed
      const sizes = `${changed.width} × ${changed.height} px out of ${width} × ${height}`
      throw new AppError("augment/size", `the augmentation ${id} made ${sizes}; it has to keep the size`)
    }
  })
