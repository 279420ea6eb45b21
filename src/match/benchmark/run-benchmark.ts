import { readFile, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { canonicalJson } from "@sourceprint/core/canonical-json.js"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import { versionInUse } from "@sourceprint/core/dataset/versions.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { Job, Launcher } from "@sourceprint/core/launch/launcher.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { z } from "zod"
import type { BenchmarkConfig } from "./benchmark-config.js"
import type { BenchmarkJob } from "./benchmark-job.js"
import { type ComparisonPlan, planPairs } from "./comparison-plan.js"
import { planFromFiles } from "./protocol-files.js"
import { readScoreFile } from "./read-scores.js"
import { type SetScores, writeScoreFile } from "./score-file.js"
import { readPart, type StoredPlan, StoredScores, type StoredTemplate, StoredTemplates } from "./stored-parts.js"

export interface BenchmarkHost {
  readonly launcher: Launcher
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Runs every matcher on every set and leaves `config.json`, `plans/` and one score file a matcher and set in
 *  `runFolder`. Jobs whose file is there are not repeated; templates are deleted when their scores are complete.
 *  @returns all scores, or undefined when it was interrupted (the same call continues)
 *  @throws AppError "benchmark/config-differs" when the folder belongs to other settings, "benchmark/jobs-failed" */
export async function runBenchmark(
  config: BenchmarkConfig,
  runFolder: string,
  host: BenchmarkHost,
): Promise<SetScores[] | undefined> {
  const isNew = await claimFolder(config, runFolder)
  await keepDatasetVersions(config, runFolder, isNew)
  const plans = await plansOf(config)
  const units = plans.flatMap((plan) => config.matchers.map((matcher) => unitOf(config, plan, matcher, runFolder)))
  for (const plan of plans) await storePlan(runFolder, plan)
  const progress = host.progress ?? noProgress
  const known = await Promise.all(units.map((u) => readScoreFile(u.scoreFile, u.matcher, u.plan.set)))
  const open = units.filter((_, i) => known[i] === undefined)
  for (const jobs of [open.flatMap((u) => u.templateJobs), open.flatMap((u) => u.comparisonJobs)]) {
    if (!(await runJobs(jobs, host, progress))) return undefined
  }
  const results: SetScores[] = []
  for (const [i, unit] of units.entries()) results.push(known[i] ?? (await collect(unit)))
  await rm(join(runFolder, "cells"), { recursive: true, force: true })
  return results
}

/** The folder is this benchmark's alone: writes the settings, or finds the same ones. @returns whether it is new */
async function claimFolder(config: BenchmarkConfig, runFolder: string): Promise<boolean> {
  const path = join(runFolder, "config.json")
  const known = await readFile(path, "utf8").catch(() => undefined)
  if (known === undefined) {
    await writeFileAtomic(path, `${JSON.stringify(config, null, 2)}\n`)
    return true
  }
  if (canonicalJson(JSON.parse(known)) !== canonicalJson(config)) {
    throw new AppError(
      "benchmark/config-differs",
      `${runFolder} holds a benchmark with other settings; choose another name or delete it`,
    )
  }
  return false
}

/** Of each dataset, the version that the run began with; null where none could be kept or an older program began. */
const DatasetVersions = z.record(z.string(), z.int().nullable())
const versionsFile = (runFolder: string): string => join(runFolder, "datasets.json")

async function keepDatasetVersions(
  { name, datasets }: BenchmarkConfig,
  runFolder: string,
  isNew: boolean,
): Promise<void> {
  if (await exists(versionsFile(runFolder))) return
  const versions: Record<string, number | null> = {}
  for (const dataset of datasets)
    versions[dataset] = (isNew ? await versionInUse(dataset, `match-${name}`, Date.now()) : undefined) ?? null
  await writeFileAtomic(versionsFile(runFolder), `${JSON.stringify(versions)}\n`)
}

/** In words: each dataset with its version. @throws AppError "benchmark/damaged" */
export async function datasetVersionsText(runFolder: string): Promise<string> {
  const versions = await readPart(versionsFile(runFolder), DatasetVersions)
  return Object.entries(versions)
    .map(([dataset, version]) => `${dataset} ${version === null ? "of no recorded version" : `version ${version}`}`)
    .join(", ")
}

async function plansOf(config: BenchmarkConfig): Promise<ComparisonPlan[]> {
  const keep = new RegExp(config.fingers)
  const plans: ComparisonPlan[] = []
  for (const dataset of config.datasets) {
    const samples = (await readSamples(dataset))
      .filter((sample) => keep.test(sample.finger))
      .map((sample) => ({ ...sample, path: join(dataset, sample.path), dpi: config.dpi ?? sample.dpi }))
    if (config.protocol !== "files") {
      plans.push(...planPairs(samples, config.protocol))
      continue
    }
    const folder = config.protocolFolder
    if (folder === undefined) throw new AppError("benchmark/protocol", "name the folder of the protocol files")
    const table = (name: string) =>
      readFile(join(folder, name), "utf8").catch((cause) => {
        throw new AppError("benchmark/protocol", `${join(folder, name)} cannot be read`, { cause })
      })
    const [enroll, probe, pairs] = await Promise.all([table("enroll.csv"), table("probe.csv"), table("pairs.csv")])
    const relative = samples.map((sample) => ({
      ...sample,
      path: sample.path.slice(join(dataset, "/").length),
    }))
    const plan = planFromFiles(config.name, { enroll, probe, pairs }, relative)
    const placed = plan.templates.map((t) => ({
      ...t,
      images: t.images.map((image) => ({ ...image, path: join(dataset, image.path) })),
    }))
    plans.push({ ...plan, templates: placed })
  }
  const names = plans.map((plan) => plan.set)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new AppError("benchmark/sets", `two datasets have a scanner called ${twice}; benchmark them one by one`)
  }
  return plans
}

const planFile = (runFolder: string, set: string): string => join(runFolder, "plans", `${encodeURIComponent(set)}.json`)

/** Jobs name templates and comparisons by their place in the plan: what was done for another order is done again. */
async function storePlan(runFolder: string, plan: ComparisonPlan): Promise<void> {
  const path = planFile(runFolder, plan.set)
  const text = JSON.stringify(storedPlan(plan))
  const before = await readFile(path, "utf8").catch(() => undefined)
  if (before !== undefined && before !== text) await rm(join(runFolder, "cells"), { recursive: true, force: true })
  await writeFileAtomic(path, text)
}

const storedPlan = ({ templates, comparisons }: ComparisonPlan): StoredPlan => ({
  templates: templates.map(({ id, role, identity, images }) => ({
    id,
    role,
    identity,
    images: images.map(({ path, dpi }) => ({ file: resolve(path), dpi })),
  })),
  comparisons: comparisons.flatMap(({ reference, probe, genuine }) => [reference, probe, genuine ? 1 : 0]),
})

/** One matcher on one set. */
interface Unit {
  readonly matcher: string
  readonly plan: ComparisonPlan
  readonly scoreFile: string
  readonly templateJobs: readonly BenchmarkJob[]
  readonly comparisonJobs: readonly BenchmarkJob[]
}

function unitOf(config: BenchmarkConfig, plan: ComparisonPlan, matcher: string, runFolder: string): Unit {
  const name = `${matcher}-${encodeURIComponent(plan.set)}`
  const base = { matcher, modality: config.modality, plan: planFile(runFolder, plan.set) }
  const cut = (total: number, size: number) =>
    Array.from({ length: Math.ceil(total / size) }, (_, i) => ({
      from: i * size,
      to: Math.min(total, (i + 1) * size),
    }))
  const output = (kind: string, from: number) => join(runFolder, "cells", `${name}-${kind}-${from}.json`)
  const templateJobs = cut(plan.templates.length, config.templatesPerCell).map(
    (part): BenchmarkJob => ({
      kind: "templates",
      ...base,
      ...part,
      output: output("templates", part.from),
    }),
  )
  const templateFiles = templateJobs.map((job) => job.output)
  const comparisonJobs = cut(plan.comparisons.length, config.comparisonsPerCell).map(
    (part): BenchmarkJob => ({
      kind: "comparisons",
      ...base,
      ...part,
      templateFiles,
      output: output("scores", part.from),
    }),
  )
  const scoreFile = join(runFolder, "scores", `${name}.csv`)
  return { matcher, plan, scoreFile, templateJobs, comparisonJobs }
}

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )

/** Runs the jobs whose output is missing. @returns false when interrupted */
async function runJobs(jobs: readonly BenchmarkJob[], host: BenchmarkHost, progress: Progress): Promise<boolean> {
  const missing: Job[] = []
  for (const job of jobs) if (!(await exists(job.output))) missing.push({ id: job.output, payload: job })
  const failures: string[] = []
  const fraction = new Map<string, number>()
  let interrupted = false
  const show = (note: string): void =>
    progress.update(
      [...fraction.values()].reduce((a, b) => a + b, 0),
      note,
    )
  progress.start(missing.length, "jobs")
  await host.launcher.launch({
    jobs: missing,
    moduleUrl: new URL("./benchmark-job.js", import.meta.url).href,
    ...(host.signal === undefined ? {} : { signal: host.signal }),
    onEvent(event) {
      if (event.kind === "progress") fraction.set(event.id, event.fraction)
      if (event.kind === "finished") fraction.set(event.id, 1)
      if (event.kind === "stopped") interrupted = true
      if (event.kind === "failed") failures.push(`${event.cause}: ${event.message}`)
      show(event.kind === "progress" ? event.note : "")
    },
  })
  progress.stop()
  if (failures.length > 0) {
    throw new AppError(
      "benchmark/jobs-failed",
      `${failures.length} of ${missing.length} jobs failed, first: ${failures[0]}`,
    )
  }
  return !interrupted && host.signal?.aborted !== true
}

async function collect({ matcher, plan, scoreFile, templateJobs, comparisonJobs }: Unit): Promise<SetScores> {
  const templates: StoredTemplate[] = []
  for (const { output } of templateJobs) templates.push(...(await readPart(output, StoredTemplates)))
  const scores: number[] = []
  let compareCpuMs = 0
  for (const { output } of comparisonJobs) {
    const part = await readPart(output, StoredScores)
    for (const score of part.scores) scores.push(score)
    compareCpuMs += part.cpuMs
  }
  const result: SetScores = {
    matcher,
    set: plan.set,
    templates: plan.templates.map(({ id, identity, role, images }, i) => {
      const { failure, quality, cpuMs } = defined(templates[i], "template")
      return { id, identity, role, images: images.map((image) => image.path), failure, quality, cpuMs }
    }),
    comparisons: plan.comparisons.map((comparison, i) => ({
      ...comparison,
      score: defined(scores[i], "score"),
    })),
    compareCpuMs,
  }
  await writeScoreFile(scoreFile, result)
  return result
}
