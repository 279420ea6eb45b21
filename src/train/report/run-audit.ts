import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { auditShortcuts, type ShortcutAudit } from "../audit/audit-shortcuts.js"
import { jobSamples, selectSamples } from "../job-samples.js"
import type { Configuration } from "../plan.js"
import { readRunJson, writeJson } from "../run-record.js"
import { auditFile } from "../run-schemas.js"
import { closedTasks, isUnsafe, type LoadedRun } from "./load-run.js"

/** The shortcut audit of a run: one record for each region and split that its honest models have (for each that any
 *  has, where all are split by image). Follows from the data and the configuration alone, so it is made once and kept
 *  in `cacheFolder`; a record that the run itself carries (audit.json) goes before.
 *  @throws AppError "image/unreadable", "data/…" where the dataset is gone */
export async function runAudit(
  run: LoadedRun,
  cacheFolder: string,
  progress: Progress,
): Promise<readonly ShortcutAudit[]> {
  const own = await readRunJson(join(run.folder, "audit.json"), auditFile)
  if (own !== undefined) return own
  const cachePath = join(cacheFolder, `${run.name}.json`)
  const kept = await readRunJson(cachePath, auditFile)
  if (kept !== undefined) return kept
  const { dataset } = run.config
  const samples = selectSamples(await readSamples(dataset.folder), dataset)
  const audits: ShortcutAudit[] = []
  for (const configuration of auditedConfigurations(run.plan.arms)) {
    const jobs = run.plan.cells.filter((job) => job.arm === configuration.id)
    const first = new Map(jobs.map((job) => [`${job.task}\n${job.fold}`, job]))
    const splits = [...first.values()].flatMap(({ task: id, fold }) => {
      const task = closedTasks(run).find((other) => other.id === id)
      return task === undefined ? [] : [{ task: id, fold, ...jobSamples(samples, { configuration, task, fold }) }]
    })
    audits.push(
      await auditShortcuts({
        datasetFolder: dataset.folder,
        samples,
        region: configuration.view.region,
        splits,
        progress,
      }),
    )
  }
  await writeJson(cachePath, audits)
  return audits
}

/** One configuration for each different region and split. */
function auditedConfigurations(configurations: readonly Configuration[]): Configuration[] {
  const honest = configurations.filter((configuration) => !isUnsafe(configuration))
  const one = new Map(
    (honest.length > 0 ? honest : configurations).map((configuration) => [
      contentId([configuration.view.region, configuration.split]),
      configuration,
    ]),
  )
  return [...one.values()]
}
