import type { Sample } from "@sourceprint/core/dataset/sample.js"
import type { Split } from "@sourceprint/core/dataset/splits.js"
import type { Progress } from "@sourceprint/core/progress.js"
import type { Region } from "@sourceprint/model/input-contract.js"
import { auditShortcuts, type ShortcutAudit } from "./audit-shortcuts.js"

/** The audit of a dataset before any model is trained: every scanner against all others on every fold, in the whole
 *  images and in `region`. @throws AppError "image/unreadable", RangeError when a side lacks a scanner */
export function auditDataset(
  datasetFolder: string,
  samples: readonly Sample[],
  splits: readonly Split[],
  region: Region,
  progress?: Progress,
): Promise<ShortcutAudit> {
  const indexOf = new Map(samples.map(({ path }, index) => [path, index]))
  const scanners = [...new Set(samples.map(({ scanner }) => scanner))].sort()
  const side = (images: readonly Sample[], target: string) =>
    images.map(({ path, scanner }) => ({
      index: indexOf.get(path) ?? -1,
      label: scanner === target ? (1 as const) : (0 as const),
    }))
  return auditShortcuts({
    datasetFolder,
    samples,
    region,
    splits: splits.flatMap((split) =>
      scanners.map((target) => ({
        task: `${target} vs all`,
        fold: split.fold,
        train: side(split.train, target),
        dev: side(split.dev, target),
        eval: side(split.eval, target),
      })),
    ),
    ...(progress === undefined ? {} : { progress }),
  })
}
