import type { RegistryView, TrialRow } from "@sourceprint/core/workbench/workbench-data.js"
import { aliasHistory, currentAliases } from "@sourceprint/model/model-aliases.js"
import { listModels } from "@sourceprint/model/model-registry.js"
import { readEntries, renderedReports } from "@sourceprint/report/report-folder.js"

/** Promoted models, what each alias stands for, and every move. @throws AppError "model/aliases" */
export async function readRegistry(registryFolder: string): Promise<RegistryView> {
  const aliases = [...(await currentAliases(registryFolder)).values()]
  const models = (await listModels(registryFolder)).map(({ id, card, problem }) => ({
    id,
    aliases: aliases.flatMap(({ alias, model }) => (model === id ? [alias] : [])),
    ...(card === undefined
      ? { problem: problem ?? "it has no card" }
      : {
          target: card.task.target,
          architecture: card.model.id,
          balancedAccuracy: card.metrics.eval.balancedAccuracy,
          eer: card.metrics.eval.eer,
          sizeBytes: card.model.sizeBytes,
        }),
  }))
  return { models, aliases, history: await aliasHistory(registryFolder) }
}

/** Reports of trials and benchmarks, newest first: what is no experiment's. */
export async function readTrials(reportsFolder: string): Promise<TrialRow[]> {
  const { entries } = await readEntries(reportsFolder)
  const pages = await renderedReports(reportsFolder)
  return [...entries.values()]
    .filter(({ run }) => run.kind !== "experiment")
    .map(({ run, columns }) => ({
      id: run.id,
      kind: run.kind,
      question: run.title,
      verdict: run.verdict,
      createdAt: run.createdAt,
      flags: run.flags ?? [],
      values: run.values,
      columns: columns.map(({ key, label, group, unit, better }) => ({
        key,
        label,
        group,
        ...(unit === undefined ? {} : { unit }),
        ...(better === undefined ? {} : { better }),
      })),
      hasReport: pages.has(run.id),
    }))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}
