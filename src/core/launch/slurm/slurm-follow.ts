import type { Interruption } from "../launcher.js"
import { type Spent, spend } from "./slurm-allowance.js"
import {
  type Batch,
  type BatchJob,
  closedEnds,
  type EndRecord,
  newEnds,
  newestLog,
  newRestarts,
  revocationOf,
} from "./slurm-batch.js"
import { sacct } from "./slurm-commands.js"
import { causeOf, isLive, isRunning, type SlurmTask } from "./slurm-queue.js"
import type { SlurmSettings } from "./slurm-settings.js"
import { daemonSays, setUpSays } from "./slurm-stop.js"

/** "restarted": Slurm itself started it again, in the same array. "cancelled": someone cancelled the run. "superseded":
 *  another launch has taken the job over. */
export type BatchNews =
  | { readonly kind: "started"; readonly job: BatchJob }
  | { readonly kind: "restarted"; readonly job: BatchJob; readonly interruption: Interruption }
  | { readonly kind: "superseded"; readonly job: BatchJob }
  | {
      readonly kind: "ended" | "cancelled"
      readonly job: BatchJob
      readonly end: EndRecord
      readonly occurrence: string
      /** With the restarts in this array, without this end. */
      readonly spent: Spent
    }

export type BatchFollower = ReturnType<typeof followBatch>

/** Follows one array from what its tasks leave behind and what the queue and the accounts say of them. Each job ends
 *  once. */
export function followBatch(batch: Batch) {
  const started = new Set<number>()
  const ended = new Map<number, EndRecord>()
  const goneSinceMs = new Map<number, number>()
  const restarted = new Set<string>()
  const spent = new Map<number, Spent>()
  const jobAt = (index: number): BatchJob => {
    const job = batch.jobs[index]
    if (job === undefined) throw new RangeError(`${batch.folder} has no job ${index}`)
    return job
  }
  const start = (index: number): BatchNews[] => {
    if (started.has(index)) return []
    started.add(index)
    return [{ kind: "started", job: jobAt(index) }]
  }
  const finish = (index: number, end: EndRecord, kind: "ended" | "cancelled" = "ended"): BatchNews[] => {
    const job = jobAt(index)
    ended.set(index, end)
    const occurrence = `slurm ${batch.number}/${index}`
    return [...start(index), { kind, job, end, occurrence, spent: spent.get(index) ?? job.spent }]
  }
  /** Another launch has accounted for every job; what it left out is its to run. */
  const takeOver = (ends: ReadonlyMap<number, EndRecord>): BatchNews[] =>
    [...batch.jobs.keys()]
      .filter((index) => !ended.has(index))
      .flatMap((index) => {
        const end = ends.get(index)
        if (end !== undefined) return finish(index, end)
        ended.set(index, { id: jobAt(index).id, outcome: "stopped", peakMemoryMb: 0 })
        return [{ kind: "superseded" as const, job: jobAt(index) }]
      })

  return {
    isOver: (): boolean => ended.size === batch.jobs.length,
    ends: (): ReadonlyMap<number, EndRecord> => ended,
    /** What has changed; `tasks` undefined: the queue could not be asked. */
    async next(tasks: readonly SlurmTask[] | undefined, { settleSeconds }: SlurmSettings): Promise<BatchNews[]> {
      const revocation = await revocationOf(batch.folder)
      const live = new Map(tasks?.filter(isLive).map((task) => [task.index, task]))
      const lastState = new Map(tasks?.map(({ index, state }) => [index, state]))
      const news: BatchNews[] = []
      for (const { index, ...interruption } of await newRestarts(batch, restarted)) {
        restarted.add(interruption.occurrence)
        spent.set(index, spend(spent.get(index) ?? jobAt(index).spent, interruption.cause))
        news.push(...start(index), { kind: "restarted", job: jobAt(index), interruption })
      }
      const ends = await newEnds(batch, ended)
      const closed = await closedEnds(batch) // after the ends were read: they go when it is there
      if (closed !== undefined) return [...news, ...takeOver(closed)]
      for (const [index, task] of live) {
        if (isRunning(task) && !ended.has(index)) news.push(...start(index))
      }
      const over: number[] = []
      for (const index of batch.jobs.keys()) {
        if (ended.has(index)) continue
        const end = ends.get(index)
        if (end?.outcome === "finished") {
          news.push(...finish(index, end))
          continue
        }
        if (tasks === undefined || live.has(index)) {
          goneSinceMs.delete(index)
          continue
        }
        const sinceMs = goneSinceMs.get(index) ?? performance.now()
        goneSinceMs.set(index, sinceMs)
        // A job may start again only when its old task is surely gone, and not about to be started again by Slurm.
        const isSettled = performance.now() - sinceMs > 1000 * settleSeconds
        if (isSettled || (end !== undefined && isDecided(end, lastState.get(index)))) over.push(index)
      }
      if (over.some((index) => !lastState.has(index))) {
        const known = await sacct([batch.jobName], new Date(batch.createdAt))
        for (const task of known ?? []) {
          if (!isLive(task) && !lastState.has(task.index)) lastState.set(task.index, task.state)
        }
      }
      for (const index of over) {
        const end = await verdict(batch, index, ends.get(index), lastState.get(index))
        if (revocation === "superseded") {
          ended.set(index, end)
          news.push({ kind: "superseded", job: jobAt(index) })
        } else news.push(...finish(index, end, revocation === undefined ? "ended" : "cancelled"))
      }
      return news
    },
  }
}

/** Nothing more is to come of a task that failed by itself, or that Slurm lists as ended in a way that it never takes
 *  back. */
const isDecided = ({ outcome }: EndRecord, state: string | undefined): boolean =>
  outcome === "failed" || /^(CANCELLED|COMPLETED|DEADLINE|FAILED|OUT_OF_MEMORY|TIMEOUT)$/.test(state ?? "")

/** How a job ended that did not finish: by its own message, Slurm's in its log, or the state in the queue or the
 *  accounts. */
async function verdict(
  batch: Batch,
  index: number,
  end: EndRecord | undefined,
  state: string | undefined,
): Promise<EndRecord> {
  if (end !== undefined) return stoppedBy(end, state)
  const { id = "" } = batch.jobs[index] ?? {}
  const log = await newestLog(batch.folder, index)
  const setUp = setUpSays(log)
  if (setUp !== undefined) return { id, outcome: "failed", cause: "failed", message: setUp, peakMemoryMb: 0 }
  const how = state === undefined ? "unseen" : `as ${state}`
  const silent = log === "" && state !== "CANCELLED" && state !== "PREEMPTED"
  const message =
    `its Slurm task ended ${how} and left no result` +
    (silent ? `, nor a log in ${batch.folder}: does every node see that folder, and has its disk room?` : lastLine(log))
  return { id, outcome: "failed", cause: daemonSays(log) ?? causeOf(state), message, peakMemoryMb: 0 }
}

const lastLine = (log: string): string => {
  const line = log.trimEnd().split("\n").at(-1) ?? ""
  return line === "" ? "" : `; the last words of its log: ${line}`
}

/** A job that was told to stop has asked Slurm why; where it got no answer the queue may say. */
function stoppedBy(end: EndRecord, state: string | undefined): EndRecord {
  if (end.outcome === "failed" && state === "OUT_OF_MEMORY") return { ...end, cause: "memory" }
  if (end.outcome !== "stopped") return end
  const says = causeOf(state) // "crashed": nothing that helps
  if (end.cause !== undefined && (says === "crashed" || says === end.cause)) return end
  const cause = says === "crashed" ? "requeued" : says
  return { ...end, cause, message: `Slurm ended it (${state ?? "unseen"}); its state is saved` }
}
