import type { Interruption } from "../launcher.js"
import {
  type Batch,
  type BatchCell,
  type EndRecord,
  hasMark,
  newEnds,
  newestLog,
  newRestarts,
} from "./slurm-batch.js"
import { sacct } from "./slurm-commands.js"
import { causeOf, isLive, isRunning, type SlurmTask } from "./slurm-queue.js"
import type { SlurmSettings } from "./slurm-settings.js"
import { daemonSays } from "./slurm-stop.js"

/** "restarted": Slurm itself started it again, in the same array. "revoked": it ended because someone cancelled the run. */
export type BatchNews =
  | { readonly kind: "started"; readonly cell: BatchCell }
  | { readonly kind: "restarted"; readonly cell: BatchCell; readonly interruption: Interruption }
  | {
      readonly kind: "ended" | "revoked"
      readonly cell: BatchCell
      readonly end: EndRecord
      readonly occurrence: string
    }

/** Follows one array from what its tasks leave behind and what the queue says of them. Each cell ends once. */
export function followBatch(batch: Batch) {
  const started = new Set<number>()
  const ended = new Set<number>()
  const goneSinceMs = new Map<number, number>()
  const restarted = new Set<string>()
  const cellAt = (index: number): BatchCell => {
    const cell = batch.cells[index]
    if (cell === undefined) throw new RangeError(`${batch.folder} has no cell ${index}`)
    return cell
  }
  const start = (index: number): BatchNews[] => {
    if (started.has(index)) return []
    started.add(index)
    return [{ kind: "started", cell: cellAt(index) }]
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
        const cell = cellAt(index)
        news.push(...start(index), {
          kind: revoked ? "revoked" : "ended",
          cell,
          end: { id: cell.id, ...end },
          occurrence: `slurm ${batch.number}/${index}`,
        })
      }
      for (const { index, ...interruption } of await newRestarts(batch, restarted)) {
        restarted.add(interruption.occurrence)
        news.push(...start(index), { kind: "restarted", cell: cellAt(index), interruption })
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
        const message = `its Slurm task ended ${state === undefined ? "unseen" : `as ${state}`} and left no result`
        const cause = daemonSays(await newestLog(batch.folder, index)) ?? causeOf(state)
        finish(index, { outcome: "failed", cause, message, peakMemoryMb: 0 })
      }
      return news
    },
  }
}

/** A cell that was told to stop has asked Slurm why; where it got no answer the queue may say. */
function stoppedBy(end: EndRecord, state: string | undefined): EndRecord {
  if (end.outcome === "failed" && state === "OUT_OF_MEMORY") return { ...end, cause: "memory" }
  if (end.outcome !== "stopped") return end
  const says = causeOf(state) // "crashed": nothing that helps
  if (end.cause !== undefined && (says === "crashed" || says === end.cause)) return end
  const cause = says === "crashed" ? "requeued" : says
  return { ...end, cause, message: `Slurm ended it (${state ?? "unseen"}); its state is saved` }
}
