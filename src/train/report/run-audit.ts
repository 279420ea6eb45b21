import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import type { Progress } from "@sourceprint/core/progress.js"
import { auditShortcuts, type ShortcutAudit } from "../audit/audit-shortcuts.js"
import { cellSamples, selectSamples } from "../cell-samples.js"
import type { Arm } from "../plan.js"
import { readJson, writeJson } from "../run-record.js"
import { isUnsafe, type LoadedRun } from "./load-run.js"

/** The shortcut audit of a run: one record for each region and split that its honest models have (for each that any
 *  has, where all are split by image). Follows from the data and the configuration alone, so it is made once and kept
 *  in `cacheFolder`; a record that the run itself carries (audit.json) goes before.
 *  @throws AppError "image/unreadable", "data/…" where the dataset is gone */
export async function runAudit(
  run: LoadedRun,
  cacheFolder: string,
  progress: Progress,
): Promise<readonly ShortcutAudit[]> {
  const own = await readJson<readonly ShortcutAudit[]>(join(run.folder, "audit.json"))
  if (own !== undefined) return own
  const cachePath = join(cacheFolder, `${run.name}.json`)
  const kept = await readJson<readonly ShortcutAudit[]>(cachePath)
  if (kept !== undefined) return kept
  const { dataset } = run.config
  const samples = selectSamples(await readManifest(dataset.folder), dataset)
  const audits: ShortcutAudit[] = []
  for (const arm of auditedArms(run.plan.arms)) {
    const cells = run.plan.cells.filter((cell) => cell.arm === arm.id)
    const first = new Map(cells.map((cell) => [`${cell.task}\n${cell.fold}`, cell]))
    const splits = [...first.values()].flatMap(({ task: id, fold }) => {
      const task = run.plan.tasks.find((other) => other.id === id)
      return task === undefined ? [] : [{ task: id, fold, ...cellSamples(samples, { arm, task, fold }) }]
    })
    audits.push(
      await auditShortcuts({
        datasetFolder: dataset.folder,
        samples,
        region: arm.view.region,
        splits,
        progress,
      }),
    )
  }
  await writeJson(cachePath, audits)
  return audits
}

/** One arm for each different region and split. */
function auditedArms(arms: readonly Arm[]): Arm[] {
  const honest = arms.filter((arm) => !isUnsafe(arm))
  const one = new Map(
    (honest.length > 0 ? honest : arms).map((arm) => [contentId([arm.view.region, arm.split]), arm]),
  )
  return [...one.values()]
}
