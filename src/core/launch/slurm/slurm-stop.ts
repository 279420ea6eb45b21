import type { FailureKind } from "../launcher.js"
import { showJob, showNode } from "./slurm-commands.js"
import { CANNOT_START } from "./slurm-script.js"

/** Why Slurm's daemon on the node ended a task, by what it wrote into the task's log (slurmstepd of 22.05); undefined
 *  where it wrote nothing. A memory limit that is kept by polling is told nowhere else. */
export function daemonSays(log: string): FailureKind | undefined {
  const said = log.split("\n").filter((line) => line.startsWith("slurmstepd"))
  const has = (words: RegExp): boolean => said.some((line) => words.test(line))
  if (has(/exceeded memory limit|oom.?kill/i)) return "memory"
  if (has(/DUE TO NODE FAILURE/)) return "node"
  if (has(/DUE TO PREEMPTION/)) return "preempted"
  if (has(/DUE TO TIME LIMIT/)) return "timeout"
  if (has(/DUE TO JOB REQUEUE/)) return "requeued"
  return undefined // "CANCELLED AT" alone is also what the warning of --signal looks like
}

/** Why a node could not run the job at all: where the run lies or what the profile says must be corrected. */
export const setUpSays = (log: string): string | undefined =>
  log.split("\n").find((line) => line.startsWith(CANNOT_START))

/** How Slurm answers for a job and its node: "Key=value" words of `scontrol --oneliner show`. */
export interface StopScene {
  readonly job: string
  readonly node: string
  /** How often Slurm had started the task before, as the task was told. */
  readonly restarts: number
  readonly nowMs: number
  /** The array asks for a signal this long before the time is up. */
  readonly stopSeconds: number
}

/** Slurm sends the warning of `--signal` up to a minute early (sbatch(1), 22.05). */
const SIGNAL_SLACK_SECONDS = 75

const field = (text: string, key: string): string => new RegExp(`(?:^|\\s)${key}=(\\S+)`).exec(text)?.[1] ?? ""

/** Why a task is asked to stop, by what Slurm says at that moment; undefined where it does not say. */
export function stopCause({ job, node, restarts, nowMs, stopSeconds }: StopScene): FailureKind | undefined {
  const isSet = (value: string): boolean => /^\d{4}-/.test(value)
  if (field(job, "JobState") === "CANCELLED") return "cancelled"
  if (isSet(field(job, "PreemptTime"))) return "preempted"
  if (/DOWN|FAIL|NOT_RESPONDING/.test(field(node, "State"))) return "node"
  if (Number(field(job, "Restarts")) > restarts) return "requeued"
  // Of a job that is ending already EndTime is now, and the cancelled say no more than that they are: ask for the
  // limit.
  const isEnding = field(job, "JobState") === "COMPLETING"
  const limitMs = isEnding
    ? Date.parse(field(job, "StartTime")) + durationMs(field(job, "TimeLimit"))
    : Date.parse(field(job, "EndTime"))
  if ((limitMs - nowMs) / 1000 <= stopSeconds + SIGNAL_SLACK_SECONDS) return "timeout"
  return isEnding ? "cancelled" : undefined
}

/** "[days-]hours:minutes:seconds"; endless for UNLIMITED. */
function durationMs(text: string): number {
  const [, days = "0", hours, minutes, seconds] = /^(?:(\d+)-)?(\d+):(\d+):(\d+)$/.exec(text) ?? []
  if (seconds === undefined) return Number.POSITIVE_INFINITY
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/** Asks Slurm why this very task is to stop. */
export async function askStopCause(stopSeconds: number): Promise<FailureKind | undefined> {
  const { SLURM_JOB_ID = "", SLURMD_NODENAME = "", SLURM_RESTART_COUNT = "0" } = process.env
  return stopCause({
    job: await showJob(SLURM_JOB_ID).catch(() => ""),
    node: await showNode(SLURMD_NODENAME).catch(() => ""),
    restarts: Number(SLURM_RESTART_COUNT),
    nowMs: Date.now(),
    stopSeconds,
  })
}

/** In words, for people. */
export const SAYS_CAUSE: Readonly<Record<FailureKind, string>> = {
  failed: "it failed",
  crashed: "it crashed",
  memory: "it went beyond its memory limit",
  cancelled: "someone cancelled the task",
  preempted: "another job took its place",
  node: "its node went down",
  requeued: "Slurm took it back into the queue",
  timeout: "its time limit was near",
}
