import type { Configuration } from "../plan.js"
import type { ModelPlan } from "./model-entry.js"
import { zooEntry } from "./registry.js"

/** The model of a configuration with its settings filled in. @throws AppError as `zooEntry` and its `plan` */
export const planOf = ({ model, view, plugins }: Pick<Configuration, "model" | "view" | "plugins">): ModelPlan =>
  zooEntry(model.id, plugins).plan(model.settings, view)
