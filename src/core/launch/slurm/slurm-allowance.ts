import type { FailureKind } from "../launcher.js"
import type { SlurmSettings } from "./slurm-settings.js"

/** How often the cluster has ended a job. Another job's turn says nothing about the job and is counted apart. */
export interface Spent {
  readonly requeues: number
  readonly preemptions: number
}

export const UNSPENT: Spent = { requeues: 0, preemptions: 0 }

export const spend = ({ requeues, preemptions }: Spent, cause: FailureKind): Spent =>
  cause === "preempted" ? { requeues, preemptions: preemptions + 1 } : { requeues: requeues + 1, preemptions }

/** Whether a job that has been ended this often may start again. */
export const mayRetry = (spent: Spent, limits: Pick<SlurmSettings, "requeues" | "preemptions">): boolean =>
  spent.requeues <= limits.requeues && spent.preemptions <= limits.preemptions
