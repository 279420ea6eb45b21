import { type Batch, type BatchCell, type EndRecord, hasMark, newEnds } from "./slurm-batch.js"
import { sacct } from "./slurm-commands.js"
import { causeOf, isLive, isRunning, type SlurmTask } from "./slurm-queue.js"
import type { SlurmSettings } from "./slurm-settings.js"

export interface BatchNews {
  readonly cell: BatchCell
  /** "revoked": it ended because someone cancelled the run. */
  readonly kind: "started" | "ended" | "revoked"
  readonly end: EndRecord
}

const NO_END = { outcome: "stopped", peakMemoryMb: 0 } as const

/** Follows one array from what its tasks leave behind and what the queue says of them. Each cell ends once. */
export function followBatch(batch: Batch) {
  const started = new Set<number>()
  const ended = new Set<number>()
  const goneSinceMs = new Map<number, number>()
  const newsOf = (index: number, kind: BatchNews["kind"], end: Omit<EndRecord, "id">): BatchNews => {
    const cell = batch.cells[index]
    if (cell === undefined) throw new RangeError(`${batch.folder} has no cell ${index}`)
    return { cell, kind, end: { id: cell.id, ...end } }
  }
  const start = (index: number): BatchNews[] => {
    if (started.has(index)) return []
    started.add(index)
    return [newsOf(index, "started", NO_END)]
  }
  return {
    isOver: (): boolean => ended.size === batch.cells.length,
    /** What has changed; `tasks` undefined: the queue could not be asked. */
    async next(
      tasks: readonly SlurmTask[] | undefined,
      { settleSeconds }: SlurmSettings,
    ): Promise<BatchNews[]> {
      const revoked = await hasMark(batch.folder, "revoked")
      const live = new Map(tasks?.filter(isLive).map((task) => [task.index, task]))
      const lastState = new Map(tasks?.map(({ index, state }) => [index, state]))
      const news: BatchNews[] = []
      const finish = (index: number, end: Omit<EndRecord, "id">): void => {
        ended.add(index)
        news.push(...start(index), newsOf(index, revoked ? "revoked" : "ended", end))
      }
      for (const [index, end] of await newEnds(batch, ended)) {
        // A stopped cell may start again only when its old process is surely gone.
        if (end.outcome === "finished" || (tasks !== undefined && !live.has(index))) {
          finish(index, stoppedBy(end, lastState.get(index)))
        } else goneSinceMs.delete(index)
      }
      for (const [index, task] of live) {
        if (isRunning(task) && !ended.has(index)) news.push(...start(index))
      }
      if (tasks === undefined) return news
      const lost: number[] = []
      for (const index of batch.cells.keys()) {
        if (ended.has(index)) continue
        if (live.has(index)) goneSinceMs.delete(index)
        else if (!goneSinceMs.has(index)) goneSinceMs.set(index, performance.now())
        if (performance.now() - (goneSinceMs.get(index) ?? Number.POSITIVE_INFINITY) > 1000 * settleSeconds)
          lost.push(index)
      }
      if (lost.some((index) => !lastState.has(index))) {
        for (const { index, state } of await sacct([batch.jobName], new Date(batch.createdAt))) {
          if (!lastState.has(index)) lastState.set(index, state)
        }
      }
      for (const index of lost) {
        const state = lastState.get(index)
        const message = `its Slurm task ended ${state === undefined ? "unseen" : `as ${state}`} and without a result`
        finish(index, { outcome: "failed", cause: causeOf(state), message, peakMemoryMb: 0 })
      }
      return news
    },
  }
}

/** A cell that was told to stop does not know why; the queue does, at least when it was not the time limit's warning. */
function stoppedBy(end: EndRecord, state: string | undefined): EndRecord {
  if (end.outcome === "failed" && state === "OUT_OF_MEMORY") return { ...end, cause: "memory" }
  if (end.outcome !== "stopped") return end
  const told = state === undefined || state === "COMPLETED" ? "TIMEOUT" : state
  return { ...end, cause: causeOf(told), message: `Slurm ended it (${told}); its state is saved` }
}
