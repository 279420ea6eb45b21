import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { canonicalJson } from "@sourceprint/core/canonical-json.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import type { FailureKind, StartsFrom } from "@sourceprint/core/launch/launcher.js"
import type { CountedRate } from "@sourceprint/core/metrics/counted-rate.js"
import type { ChosenThreshold } from "@sourceprint/core/metrics/threshold.js"
import type { InputContract } from "@sourceprint/model/input-contract.js"
import { parse } from "csv-parse/sync"
import type { z } from "zod"
import type { PluginRef } from "./plugins/plugin.js"

/** What a run leaves behind, all of it data; pages are rendered from it and can be deleted.
 *
 *  experiments/runs/<name>-<hash>/
 *    config.json       ExperimentConfig, resolved
 *    environment.json  RunEnvironment
 *    plugins/          the plug-ins of the run, for the record
 *    plan.json         PlanRecord: configurations (`arms`), tasks, jobs (`cells`) by id
 *    cells/<id>/       scores.csv (JobScore rows), metrics.json (JobMetrics), model/, done.json (JobDone, last);
 *                      conditions.csv (ConditionScore rows) where conditions were asked for
 *    interruptions/    <job>.json (NotedInterruption rows) of jobs that the machine ended
 *    search.json       SearchRecord, of a search: every trial with its figure on dev
 *    metrics.json      RunMetrics; written last: a run that has it is finished and never computed again
 *    notes.json        RunNotes: title, tags and notes that people give it, at any time
 *    launch/           log.txt and, while a process is at work, live.json (see `live-run.ts`); of Slurm: its batches
 *
 *  A job on its way also has checkpoint.bin or failure.json; `inputs/` holds encoded images until the run is
 *  finished. */
export const runFile = (runFolder: string, name: "config" | "environment" | "plan" | "metrics"): string =>
  join(runFolder, `${name}.json`)
export const jobFolder = (runFolder: string, jobId: string): string => join(runFolder, "cells", jobId)
export const checkpointPath = (runFolder: string, jobId: string): string =>
  join(jobFolder(runFolder, jobId), "checkpoint.bin")
export const inputsFolder = (runFolder: string): string => join(runFolder, "inputs")
/** What a batch system's launcher keeps: arrays, logs. Not a result. */
export const launchFolder = (runFolder: string): string => join(runFolder, "launch")

export interface RunEnvironment {
  readonly engine: {
    readonly name: string
    readonly why: string
    readonly versions: Readonly<Record<string, string>>
  }
  readonly datasetHash: string
  /** See "sourceprint data log"; absent where it could not be kept, and in runs of versions before 0.3. */
  readonly datasetVersion?: number
  readonly imageCount: number
  readonly node: string
  readonly platform: string
  readonly cpu: string
  /** Of the code, "-dirty" where it was changed; empty outside a repository. */
  readonly commit: string
  readonly createdAt: string
  /** Absent: none. */
  readonly plugins?: readonly (PluginRef & { readonly name: string; readonly version?: string })[]
}

export type Side = "dev" | "eval"

/** One image as one job scored it. */
export interface JobScore {
  readonly side: Side
  /** As in the manifest. */
  readonly path: string
  /** Of presentations: the kind, `bona fide` or the species of the attack. */
  readonly scanner: string
  /** The finger (subject/finger) that intervals are drawn over; the path where the dataset does not know. */
  readonly group: string
  /** 1: the target scanner took it. */
  readonly label: 0 | 1
  /** Probability of the target scanner, [0, 1]. */
  readonly score: number
}

/** What is judged beside dev and eval: a scanner never seen, eval images after handling, forgeries. */
export const conditionKinds = ["unseen", "handled", "forged"] as const
export type ConditionKind = (typeof conditionKinds)[number]

/** One image as one job scored it under a condition. */
export interface ConditionScore extends Omit<JobScore, "side"> {
  readonly kind: ConditionKind
  /** The steps (`perturbationName`); "never seen" for a scanner that was left out. */
  readonly condition: string
}

/** Decisions at the thresholds from dev; intervals over fingers. */
export interface ConditionFigures {
  readonly kind: ConditionKind
  readonly condition: string
  /** Of images of scanners other than the target. */
  readonly fmr: CountedRate
  /** Absent where no image of a target was judged. */
  readonly fnmr?: CountedRate
  /** The pair of target and scanner with most false matches for its images. */
  readonly worstPair: {
    readonly target: string
    readonly scanner: string
    readonly accepted: number
    readonly of: number
  }
}

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number
  readonly learningRate: number
  /** Mean over the epoch's rows, before label smoothing and weight decay; class weights included. */
  readonly trainLoss: number
  readonly trainAccuracy: number
  /** One patch an image, balanced over the classes. */
  readonly devLoss: number
  readonly devAccuracy: number
}

/** Figures of decisions and scores on one set. */
export interface SetFigures {
  readonly balancedAccuracy: number
  readonly fmr: CountedRate
  readonly fnmr: CountedRate
  readonly eer: number
  readonly auc: number
  readonly brier: number
  /** Expected calibration error, 10 bins. */
  readonly ece: number
}

/** Deterministic: two runs of a job on one engine write the same bytes. */
export interface JobMetrics {
  readonly cell: string
  readonly arm: string
  readonly task: string
  readonly fold: number
  readonly seed: number
  readonly model: {
    readonly id: string
    readonly kind: "layers" | "classical"
    /** Which reader its files need (`fileKind`); absent in runs of versions before 0.3. */
    readonly fileKind?: string
    readonly parameterCount: number
    readonly input: InputContract
  }
  readonly images: Readonly<Record<"train" | Side, { readonly target: number; readonly others: number }>>
  /** Empty for a classical model. */
  readonly history: readonly EpochRecord[]
  /** The epoch whose weights were kept; 0 for a classical model. */
  readonly bestEpoch: number
  readonly threshold: ChosenThreshold
  readonly dev: SetFigures
  readonly eval: SetFigures
  /** Figures of plug-ins on eval, by id; absent without plug-ins that have any. */
  readonly further?: Readonly<Record<string, number>>
  /** Absent where nothing was judged beside dev and eval. */
  readonly conditions?: readonly ConditionFigures[]
}

/** The mark of a finished job, with what differs from run to run. */
export interface JobDone {
  readonly cell: string
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly peakMemoryMb: number
  /** Median from the region in memory to the probability, features and all patches included, one image at a time. */
  readonly msPerImage: number
  readonly modelBytes: number
  /** How often the job started again from its checkpoint. */
  readonly resumes: number
  /** Name -> SHA-256 of every other file of the job. */
  readonly files: Readonly<Record<string, string>>
}

/** An attempt at a job that the machine ended: a node, a limit, a signal. Kept for good, also when the job finished
 *  in a later attempt. Never the configuration's doing: that is a failure. */
export interface NotedInterruption {
  readonly cell: string
  readonly cause: FailureKind
  readonly message: string
  /** Where the next attempt began; "none": the job was given up. */
  readonly next: StartsFrom | "none"
  /** Unique in the run. */
  readonly occurrence: string
  /** When it was noticed, ISO 8601. */
  readonly noticedAt: string
}

export interface JobFailure {
  readonly cell: string
  readonly cause: FailureKind
  readonly message: string
}

/** JSON with stable order of keys, written whole. @returns the text */
export async function writeJson(path: string, value: unknown): Promise<string> {
  const text = `${JSON.stringify(JSON.parse(canonicalJson(value)), undefined, 1)}\n`
  await writeFileAtomic(path, text)
  return text
}

/** The value in a JSON file of a run; undefined where there is none. @throws AppError "run/damaged" */
export const readRunJson = <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> =>
  readJson(path, schema, {
    code: "run/damaged",
    cure: "put it back from a copy, or delete the job's folder or the run and run the experiment again",
  })

const COLUMNS = "side,path,scanner,group,label,score"
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** path, scanner, group, label, score as CSV fields. Nine digits tell every float32 apart. */
export const scoreFields = ({ path, scanner, group, label, score }: Omit<JobScore, "side">): (string | number)[] => [
  quoted(path),
  quoted(scanner),
  quoted(group),
  label,
  Number(score.toPrecision(9)),
]

export const formatScores = (scores: readonly JobScore[]): string =>
  [COLUMNS, ...scores.map((row) => [row.side, ...scoreFields(row)].join(",")), ""].join("\n")

/** @throws AppError "run/damaged" for anything that `formatScores` does not write */
export function parseScores(text: string, name: string): JobScore[] {
  if (!text.startsWith(`${COLUMNS}\n`)) throw new AppError("run/damaged", `${name} does not start with ${COLUMNS}`)
  const rows = parse(text, { columns: true }) as Record<keyof JobScore, string>[]
  return rows.map(({ side, path, scanner, group, label, score }) => {
    if ((side !== "dev" && side !== "eval") || (label !== "0" && label !== "1") || Number.isNaN(Number(score))) {
      throw new AppError("run/damaged", `${name}: ${path} has side ${side}, label ${label}, score ${score}`)
    }
    return { side, path, scanner, group, label: label === "1" ? 1 : 0, score: Number(score) }
  })
}

/** The scores of a finished job. @throws AppError "run/damaged" */
export async function readScores(runFolder: string, jobId: string): Promise<JobScore[]> {
  const path = join(jobFolder(runFolder, jobId), "scores.csv")
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new AppError("run/damaged", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  })
  return parseScores(text, path)
}
