import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { ThresholdPolicy } from "@sourceprint/core/metrics/threshold.js"
import { ModelCard, type ModelCardBody, sealCard } from "@sourceprint/model/model-card.js"
import { writeModel } from "@sourceprint/model/model-registry.js"
import { classicalKinds, readClassicalModel } from "@sourceprint/model/read-classical-model.js"
import { conditionFigures, type JudgedCondition, readConditions } from "./conditions.js"
import { ExperimentConfig } from "./experiment-config.js"
import type { PlanRecord, Task } from "./plan.js"
import { type JobMetrics, jobFolder, type RunEnvironment, readRunJson, runFile, type SetFigures } from "./run-record.js"
import { environmentFile, jobDoneFile, jobMetricsFile, planFile, runMetricsFile } from "./run-schemas.js"
import type { RunMetrics } from "./run-summary.js"
import { fileKind } from "./zoo/model-entry.js"
import { planOf } from "./zoo/plan-of.js"

function policyName(policy: ThresholdPolicy): string {
  if (policy.kind === "target-fmr") return `target-fmr ${policy.maxFmr}`
  return policy.kind === "fixed" ? `fixed ${policy.threshold}` : policy.kind
}

/** Which trained model of a run goes into the registry, under which name. */
export interface PromoteRequest {
  readonly runFolder: string
  readonly registryFolder: string
  /** One scanner; absent: each target of the run has its own model promoted. */
  readonly target?: string | undefined
  /** Arm by label or id; absent: the winner of the run. */
  readonly configuration?: string | undefined
  /** Absent: `<experiment>-<model>-<target>`. Only with one target. */
  readonly id?: string | undefined
  readonly licence: string
  /** Said on the card beside the standing limits. */
  readonly limits: readonly string[]
  /** Of the card's date; absent: the system's. */
  readonly clock?: Clock
}

interface Run {
  readonly name: string
  readonly config: ExperimentConfig
  readonly environment: RunEnvironment
  readonly plan: PlanRecord
  readonly metrics: RunMetrics
}

async function openFinishedRun(folder: string): Promise<Run> {
  const [config, environment, plan, metrics] = await Promise.all([
    readRunJson(runFile(folder, "config"), ExperimentConfig),
    readRunJson(runFile(folder, "environment"), environmentFile),
    readRunJson(runFile(folder, "plan"), planFile),
    readRunJson(runFile(folder, "metrics"), runMetricsFile),
  ])
  if (config === undefined || environment === undefined || plan === undefined)
    throw new AppError("promote/run", `${folder} is not a run; sourceprint experiment list names them`)
  if (metrics === undefined)
    throw new AppError("promote/run", `${folder} is not finished; run the experiment again, it continues`)
  return { name: folder.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, ""), config, environment, plan, metrics }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")

/** The job of a configuration and task that did best on dev (then the first fold and seed): eval chooses nothing. */
async function bestJob(runFolder: string, { plan }: Run, configuration: string, task: string): Promise<JobMetrics> {
  const jobs: JobMetrics[] = []
  for (const { id } of plan.cells.filter((job) => job.arm === configuration && job.task === task)) {
    const metrics = await readRunJson(join(jobFolder(runFolder, id), "metrics.json"), jobMetricsFile)
    if (metrics === undefined) throw new AppError("promote/run", `${id} has no metrics.json in ${runFolder}`)
    jobs.push(metrics)
  }
  const [best] = jobs.sort(
    (a, b) =>
      b.dev.balancedAccuracy - a.dev.balancedAccuracy ||
      a.dev.brier - b.dev.brier ||
      a.fold - b.fold ||
      a.seed - b.seed,
  )
  if (best === undefined) throw new AppError("promote/target", `the run has no job of ${task}`)
  return best
}

const counted = ({ rate, errors, trials, interval }: CountedRate) => ({
  rate,
  errors,
  trials,
  interval: { low: interval.low, high: interval.high },
})
const setMetrics = ({ balancedAccuracy, fmr, fnmr, eer, auc }: SetFigures) => ({
  balancedAccuracy,
  fmr: counted(fmr),
  fnmr: counted(fnmr),
  eer,
  auc,
})

async function modelFiles(runFolder: string, jobId: string): Promise<Map<string, Uint8Array>> {
  const folder = jobFolder(runFolder, jobId)
  const done = await readRunJson(join(folder, "done.json"), jobDoneFile)
  const files = new Map<string, Uint8Array>()
  for (const [path, expected] of Object.entries(done?.files ?? {})) {
    if (!path.startsWith("model/")) continue
    const bytes = await readFile(join(folder, path)).catch((cause) => {
      throw new AppError("promote/run", `cannot read ${join(folder, path)}: ${messageOf(cause)}`, { cause })
    })
    if (sha256Hex(bytes) !== expected)
      throw new AppError("promote/run", `${join(folder, path)} was changed after the run; run the job again`)
    files.set(path.slice("model/".length), bytes)
  }
  return files
}

/** The target's jobs under their conditions, those that left a scanner out included. */
async function openWorldOf(runFolder: string, { plan }: Run, configuration: string, target: string) {
  const tasks = new Map(
    plan.tasks.filter((task) => task.target === target && !task.verification?.splitUnit).map((task) => [task.id, task]),
  )
  const rows: JudgedCondition[] = []
  for (const { id } of plan.cells.filter(({ arm, task }) => arm === configuration && tasks.has(task))) {
    const metrics = await readRunJson(join(jobFolder(runFolder, id), "metrics.json"), jobMetricsFile)
    if (metrics === undefined) throw new AppError("promote/run", `${id} has no metrics.json in ${runFolder}`)
    const accepted = (score: number): boolean => score >= metrics.threshold.threshold
    for (const row of await readConditions(runFolder, metrics))
      rows.push({ ...row, target, accepted: accepted(row.score) })
  }
  return conditionFigures(rows).map(({ fmr, fnmr, ...rest }) => ({
    ...rest,
    fmr: counted(fmr),
    ...(fnmr === undefined ? {} : { fnmr: counted(fnmr) }),
  }))
}

const inWords = ({
  rate,
  errors,
  trials,
  interval,
}: Pick<CountedRate, "rate" | "errors" | "trials"> & {
  readonly interval: { readonly low: number; readonly high: number }
}): string =>
  `${errors} of ${trials} (${(100 * rate).toFixed(1)} %, ${(100 * interval.low).toFixed(1)}-` +
  `${(100 * interval.high).toFixed(1)})`

/** What is true of every model that this project promotes. */
function standingLimits(
  run: Run,
  { others, presentation, verification }: Task,
  splitBy: string,
  openWorld: Awaited<ReturnType<typeof openWorldOf>>,
): string[] {
  const unseen = openWorld.find(({ kind }) => kind === "unseen")
  const figures =
    `Figures are from ${run.environment.imageCount} images of one dataset; new operators, cleaning, ` +
    "firmware or file formats can change them."
  const ofPresentations = [
    `It was told apart from attacks of these species only: ${others.join(", ")}; a species that it never saw ` +
      "may pass.",
    "It looks at the texture of one image from the sensors of its dataset: on another sensor it has to be trained " +
      "and measured again.",
    figures,
  ]
  const ofScanners = [
    `It was told apart from ${others.length} other scanner${others.length === 1 ? "" : "s"} only; images of any ` +
      (unseen === undefined
        ? "other scanner may score high."
        : "other scanner may score high: models of its kind that had not seen a scanner accepted " +
          `${inWords(unseen.fmr)} of its images.`),
    openWorld.some(({ kind }) => kind === "handled")
      ? "Images that were compressed, resampled or altered have figures of their own: see openWorld on this card."
      : "Images that were compressed, resampled or altered were not tried.",
    verification === undefined
      ? "Nothing here tells two units of one scanner model apart."
      : `It knows one unit by the fixed pattern of its pixels, from ${verification.enrolmentImages} images; its ` +
        "figures are of the units that were tried.",
    "It looks at the scanner's traces in an image, not at the finger: it says nothing about whose finger " +
      "it is, and a copied pattern can deceive it.",
    figures,
  ]
  const limits = presentation === undefined ? ofScanners : ofPresentations
  return splitBy === "unsafe-by-image"
    ? ["UNSAFE SPLIT: impressions of one finger lie on both sides, so the figures flatter.", ...limits]
    : limits
}

/** Of a verification the model with most enrolment images is the one to use, and a control never. */
const isMostEnrolled = ({ target, verification }: Task, tasks: readonly Task[]): boolean =>
  verification === undefined ||
  (verification.splitUnit === undefined &&
    tasks.every(
      (other) => other.target !== target || (other.verification?.enrolmentImages ?? 0) <= verification.enrolmentImages,
    ))

/** @throws AppError "promote/plugin" for a model that only a plug-in can read */
function promotableKind(kind: string): ModelCardBody["model"]["kind"] {
  const known = ModelCard.shape.model.shape.kind.safeParse(kind)
  if (known.success) return known.data
  throw new AppError(
    "promote/plugin",
    `a model of kind ${kind} is read by the code of its plug-in alone; registry and server run no plug-ins, so only ` +
      `networks and models of the kinds ${classicalKinds.join(", ")} are promoted`,
  )
}

/** Copies models of a finished run into the registry, each with its card. The run is not touched.
 *  @returns the cards, in the order of the targets
 *  @throws AppError "promote/…" for a run, configuration or target that is not there, "model/exists" for an id that is
 *  taken */
export async function promoteModels(request: PromoteRequest): Promise<readonly ModelCard[]> {
  const { runFolder, registryFolder, target, licence, clock = systemClock } = request
  const run = await openFinishedRun(runFolder)
  const wanted = request.configuration ?? run.metrics.winner.arm
  const configuration = run.plan.arms.find(({ id, label }) => id === wanted || label === wanted)
  if (configuration === undefined) {
    const known = run.plan.arms.map(({ label }) => label).join(", ")
    throw new AppError("promote/configuration", `the run has no model "${wanted}"; it has ${known}`)
  }
  const tasks = run.plan.tasks.filter(
    // A model that did without a species or a scanner answers how well the others carry over; it is not one to use.
    (task) =>
      task.presentation?.unseen === undefined &&
      task.unseen === undefined &&
      isMostEnrolled(task, run.plan.tasks) &&
      (target === undefined || task.target === target),
  )
  if (tasks.length === 0) {
    const known = [...new Set(run.plan.tasks.map((task) => task.target))].join(", ")
    throw new AppError("promote/target", `no task of the run has the target "${target}"; targets: ${known}`)
  }
  if (request.id !== undefined && tasks.length > 1)
    throw new AppError("promote/id", `--id names one model, but the run has ${tasks.length} tasks; add --target`)
  const cards: ModelCard[] = []
  for (const task of tasks) {
    const job = await bestJob(runFolder, run, configuration.id, task.id)
    const files = await modelFiles(runFolder, job.cell)
    const pair = run.config.tasks.kind === "one-vs-one" ? [`vs-${slug(defined(task.others[0]))}`] : []
    const openWorld = await openWorldOf(runFolder, run, configuration.id, task.target)
    const body: ModelCardBody = {
      format: "sourceprint-model-1",
      id: request.id ?? [run.config.name, slug(configuration.label), slug(task.target), ...pair].join("-"),
      createdAt: new Date(clock.nowMs()).toISOString(),
      task: { target: task.target, others: [...task.others] },
      model: {
        id: job.model.id,
        settings: { ...configuration.model.settings },
        kind: promotableKind(job.model.fileKind ?? fileKind(planOf(configuration).recipe)),
        parameterCount: job.model.parameterCount,
        sizeBytes: [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0),
      },
      input: job.model.input,
      threshold: {
        value: job.threshold.threshold,
        policy: policyName(job.threshold.policy),
        chosenOn: job.threshold.chosenOn,
        genuineCount: job.threshold.genuineCount,
        impostorCount: job.threshold.impostorCount,
      },
      metrics: { dev: setMetrics(job.dev), eval: setMetrics(job.eval), splitBy: configuration.split.by },
      ...(openWorld.length === 0 ? {} : { openWorld }),
      origin: {
        experiment: run.config.name,
        run: run.name,
        cell: job.cell,
        commit: run.environment.commit,
        engine: run.environment.engine.name,
        datasetHash: run.environment.datasetHash,
        trainImages: { ...job.images.train },
      },
      licence,
      limits: [...standingLimits(run, task, configuration.split.by, openWorld), ...request.limits],
      files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256Hex(bytes)])),
    }
    if (body.model.kind !== "layers") readClassicalModel(body.model.kind, files) // refuse now what no reader takes
    const card = sealCard(body)
    await writeModel(registryFolder, card, files)
    cards.push(card)
  }
  return cards
}
