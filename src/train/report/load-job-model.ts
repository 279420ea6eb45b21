import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { loadLayersModel } from "@sourceprint/model/load-layers-model.js"
import { classicalKinds, readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import { inputShape } from "@sourceprint/model/view/encode-patch.js"
import { predictRows } from "../fit.js"
import type { Configuration } from "../plan.js"
import { type JobMetrics, jobFolder } from "../run-record.js"
import { fileKind, type TfModule } from "../zoo/model-entry.js"
import { planOf } from "../zoo/plan-of.js"

/** A trained model of a run, read back for looking into it. */
export interface JobModel {
  /** (N × rowLength) -> N probabilities of the target scanner */
  predict(rows: Float32Array): Float32Array
  dispose(): void
}

/** The model of a finished job of `configuration`. @throws AppError "model/broken" where its files do not make one,
 *  "plugin/not-loaded" */
export async function loadJobModel(
  tf: TfModule,
  runFolder: string,
  metrics: JobMetrics,
  configuration: Pick<Configuration, "model" | "view" | "plugins">,
): Promise<JobModel> {
  const folder = join(jobFolder(runFolder, metrics.cell), "model")
  const names = await readdir(folder).catch(() => [] as string[])
  const files = new Map<string, Uint8Array>()
  for (const name of names) files.set(name, new Uint8Array(await readFile(join(folder, name))))
  const { input } = metrics.model
  const kind = metrics.model.fileKind ?? fileKind(planOf(configuration).recipe)
  if (kind !== "layers") {
    const own = classicalKinds.includes(kind) ? undefined : planOf(configuration).recipe
    const model = own?.kind === "classical" && own.read ? own.read(files) : readClassicalModel(kind, files)
    return { predict: (rows) => model.predict(rows), dispose: () => {} }
  }
  const model = await loadLayersModel(tf, files)
  const shape = inputShape(input)
  return { predict: (rows) => predictRows(tf, model, shape, rows), dispose: () => void model.dispose() }
}
