import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"

/** The folder of a dataset, `data/<name>`. @throws AppError "data/name" for a name that leads out of `data` */
export function datasetFolder(name: string): string {
  const parts = name.split(/[/\\]/)
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    throw new AppError("data/name", `"${name}" is no name of a dataset: it names a folder inside data`)
  return join("data", name)
}
