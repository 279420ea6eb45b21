import { AppError } from "../../shared/errors.js"
import type { ModelEntry } from "./model-entry.js"
import { smallCnn } from "./small-cnn.js"

/** Every model that an experiment may name. One file a model, one word here. */
export const zooEntries: readonly ModelEntry[] = [smallCnn]

export const zoo: ReadonlyMap<string, ModelEntry> = new Map(zooEntries.map((entry) => [entry.id, entry]))

/** @throws AppError "zoo/unknown" that lists the known ids */
export function zooEntry(id: string): ModelEntry {
  const entry = zoo.get(id)
  if (entry === undefined)
    throw new AppError("zoo/unknown", `no model is called "${id}"; known: ${[...zoo.keys()].join(", ")}`)
  return entry
}
