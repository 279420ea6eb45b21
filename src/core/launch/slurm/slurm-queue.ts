import type { FailureKind } from "../launcher.js"

/** One array task as Slurm sees it. */
export interface SlurmTask {
  readonly jobName: string
  readonly jobId: string
  readonly index: number
  /** Long form, such as "RUNNING" or "NODE_FAIL". */
  readonly state: string
  /** Why it waits, such as "Resources"; empty where it does not. */
  readonly reason?: string
}

/** `squeue` needs no accounting, and shows ended tasks too for the cluster's MinJobAge. */
export const squeueArguments = (names: readonly string[]): string[] => [
  "--noheader",
  "--array",
  "--states=all",
  `--name=${names.join(",")}`,
  "--format=%j|%F|%K|%T|%r",
]

/** Lines "name|array job id|index|state|reason"; what is not an array task is left out. */
export function parseSqueue(text: string): SlurmTask[] {
  return text.split("\n").flatMap((row) => {
    const [jobName = "", jobId = "", index = "", state = "", reason = ""] = row.trim().split("|")
    return /^\d+$/.test(index) && state !== "" ? [{ jobName, jobId, index: Number(index), state, reason }] : []
  })
}

/** Nodes' clocks may differ by this much. */
const CLOCKS_DIFFER_MS = 3_600_000

/** "2026-11-22T03:20:00" by the local clock, as sacct(1) reads times. */
function localTime(ms: number): string {
  const at = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, "0")
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-")
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`
}

export const sacctArguments = (names: readonly string[], since: Date): string[] => [
  "--noheader",
  "--parsable2",
  "--allocations",
  `--starttime=${localTime(since.getTime() - CLOCKS_DIFFER_MS)}`,
  `--name=${names.join(",")}`,
  "--format=JobName,JobID,State",
]

/** Lines "name|job_index|state"; "CANCELLED by 1000" is CANCELLED. Tasks that wait stand in one line; left out. */
export function parseSacct(text: string): SlurmTask[] {
  return text.split("\n").flatMap((row) => {
    const [jobName = "", id = "", state = ""] = row.trim().split("|")
    const match = /^(\d+)_(\d+)$/.exec(id)
    return match === null
      ? []
      : [{ jobName, jobId: match[1] ?? "", index: Number(match[2]), state: state.split(" ")[0] ?? "" }]
  })
}

/** Job state codes of squeue(1), Slurm 22.05, that mean: over for good. Any other task may still run. */
const ENDED = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
])
export const isLive = ({ state }: SlurmTask): boolean => !ENDED.has(state)
/** Waits for a person, such as "JobHeldUser" or, after a node's fault, "launch failed requeued held". */
export const isHeld = ({ state, reason = "" }: SlurmTask): boolean => state === "PENDING" && /held/i.test(reason)
export const isRunning = ({ state }: SlurmTask): boolean => state === "RUNNING"

const CAUSES: Readonly<Record<string, FailureKind>> = {
  OUT_OF_MEMORY: "memory",
  TIMEOUT: "timeout",
  DEADLINE: "timeout",
  NODE_FAIL: "node",
  BOOT_FAIL: "node",
  PREEMPTED: "preempted",
  CANCELLED: "cancelled",
  REVOKED: "cancelled",
}

/** Why a task ended that left no word of its own. */
export const causeOf = (state: string | undefined): FailureKind => CAUSES[state ?? ""] ?? "crashed"
