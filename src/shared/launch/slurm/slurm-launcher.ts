import { resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { messageOf } from "../../errors.js"
import type { Cell, Launcher, LaunchRequest } from "../launcher.js"
import { startsFrom } from "../saved-state.js"
import {
  type Batch,
  type BatchCell,
  closeBatch,
  createBatch,
  hasMark,
  newEnds,
  readBatches,
  setMark,
} from "./slurm-batch.js"
import { arraySize, scancel, squeue } from "./slurm-commands.js"
import { type DependentJob, dependentName } from "./slurm-dependent.js"
import { type BatchNews, followBatch } from "./slurm-follow.js"
import { isHeld, isLive } from "./slurm-queue.js"
import type { SlurmSettings } from "./slurm-settings.js"
import { submitBatch } from "./slurm-submit.js"

export interface SlurmPlace {
  /** Of this run, on a file system that the nodes share. Holds batches, logs and scripts; see `Batch`. */
  readonly folder: string
  /** Flags of node for every cell. */
  readonly execArgv?: readonly string[]
  readonly say?: (line: string) => void
  /** Ends the run where this process does not. */
  readonly dependent?: DependentJob | undefined
}

/** Cells as tasks of Slurm job arrays. Killed or interrupted at any moment, the arrays go on; the next launch in the same
 *  folder adopts them, whether or not their job ids were written down. Aborting leaves the arrays running.
 *  @returns a launcher whose launch throws AppError "slurm/…" where Slurm refuses the submission */
export function slurmLauncher(settings: SlurmSettings, place: SlurmPlace): Launcher {
  return { launch: (request) => launch(settings, { ...place, folder: resolve(place.folder) }, request) }
}

async function launch(settings: SlurmSettings, place: SlurmPlace, request: LaunchRequest): Promise<void> {
  const { folder, dependent, say = () => {} } = place
  await dependent?.take()
  const wanted = new Map(request.cells.map((cell) => [cell.id, cell]))
  const { adopted, fresh } = await adopt(folder, wanted, settings, say, request)
  const submit = async (cells: readonly BatchCell[]): Promise<Batch[]> => {
    const size = settings.maxArraySize ?? (await arraySize())
    const arrays = Math.ceil(cells.length / size)
    const batches: Batch[] = []
    for (let from = 0; from < cells.length; from += size) {
      const code = { moduleUrl: request.moduleUrl, execArgv: place.execArgv ?? [] }
      const batch = await createBatch(folder, cells.slice(from, from + size), code)
      const jobId = await submitBatch(batch, settings, arrays)
      say(`submitted ${batch.cells.length} cells as Slurm job ${jobId}`)
      batches.push(batch)
    }
    return batches
  }
  const isDependent = (await dependent?.isSelf()) ?? false
  // First of all: whenever this process is killed, something goes on in its place.
  if (dependent?.detach === false && !isDependent) await dependent.waitFor([])
  let open = [...adopted, ...(await submit(fresh))]
  const hasFollower = async (batches: readonly Batch[]): Promise<void> => {
    const tasks = await squeue(batches.map(({ jobName }) => jobName))
    await dependent?.waitFor([...new Set(tasks.filter(isLive).map(({ jobId }) => jobId))])
  }
  if (isDependent) {
    if (fresh.length > 0) await hasFollower(open)
    open = adopted // they have ended; what starts again has a job of its own to follow it
  } else if (open.length > 0) await hasFollower(open)
  if (dependent?.detach && !isDependent) return
  const followed = new Map(open.map((batch) => [batch, followBatch(batch)]))
  const latest = ownersOf(open)
  const heldBack = new Set<string>()
  while (open.length > 0 && !request.signal?.aborted) {
    await delay(1000 * settings.pollSeconds, undefined, { signal: request.signal }).catch(() => {}) // looks at it next
    if (request.signal?.aborted) return
    const tasks = await squeue(open.map(({ jobName }) => jobName)).catch((error) => {
      say(`${messageOf(error)}; asking again`)
      return undefined
    })
    if ((await dependent?.renew()) === false)
      return say("the job that stands in for this command has begun and goes on")
    for (const { jobId, index, reason } of tasks?.filter(isHeld) ?? []) {
      if (heldBack.has(`${jobId}_${index}`)) continue
      heldBack.add(`${jobId}_${index}`)
      say(
        `Slurm holds task ${jobId}_${index} back (${reason}); to let it go on: scontrol release ${jobId}_${index}`,
      )
    }
    const again: BatchCell[] = []
    for (const batch of open) {
      const own = tasks?.filter(({ jobName }) => jobName === batch.jobName)
      const news = (await followed.get(batch)?.next(own, settings)) ?? []
      for (const one of news) {
        const { id } = one.cell
        if (latest.get(id) === batch && wanted.has(id)) await tell(one, settings, request, again)
      }
    }
    if (again.length > 0) {
      const batches = await submit(again)
      for (const batch of batches) followed.set(batch, followBatch(batch))
      for (const [id, batch] of ownersOf(batches)) latest.set(id, batch)
      if (!isDependent) open.push(...batches)
      await hasFollower([...open, ...batches])
    }
    const ended = open.filter((batch) => followed.get(batch)?.isOver())
    for (const batch of ended) await closeBatch(batch)
    open = open.filter((batch) => !ended.includes(batch))
  }
}

/** A cell belongs to the newest array that lists it: it enters one only when it has left those before. */
const ownersOf = (batches: readonly Batch[]): Map<string, Batch> =>
  new Map(batches.flatMap((batch) => batch.cells.map(({ id }) => [id, batch] as const)))

async function tell(
  news: BatchNews,
  settings: SlurmSettings,
  { onEvent }: LaunchRequest,
  again: BatchCell[],
): Promise<void> {
  const { cell, kind } = news
  const { id, attempt } = cell
  if (kind === "started") return await onEvent({ kind, id, attempt })
  if (kind === "restarted") return await onEvent({ kind: "retried", id, ...news.interruption })
  const { end, occurrence } = news
  const { cause = "crashed", message = "" } = end
  if (end.outcome === "finished") await onEvent({ kind: "finished", id, peakMemoryMb: end.peakMemoryMb })
  else if (kind === "revoked") await onEvent({ kind: "stopped", id })
  else if (cause === "failed" || attempt > settings.requeues) {
    const tried = attempt > 1 ? ` (attempt ${attempt})` : ""
    await onEvent({ kind: "failed", id, cause, message: `${message}${tried}`, occurrence })
  } else {
    await onEvent({ kind: "retried", id, cause, message, occurrence, from: await startsFrom(cell) })
    again.push({ ...cell, attempt: attempt + 1 })
  }
}

/** Arrays of an earlier launch that go on, and the cells that no array holds. Arrays that were revoked, or whose
 *  submission nobody saw, are ended first, so that none of their cells runs beside its successor. */
async function adopt(
  folder: string,
  wanted: ReadonlyMap<string, Cell>,
  settings: SlurmSettings,
  say: (line: string) => void,
  { signal, onEvent }: LaunchRequest,
): Promise<{ adopted: Batch[]; fresh: BatchCell[] }> {
  const adopted: Batch[] = []
  const finished = new Set<string>()
  for (const batch of await readBatches(folder, "open")) {
    if (!(await hasMark(batch.folder, "job"))) {
      const tasks = await squeue([batch.jobName])
      if (tasks.length > 0) await setMark(batch.folder, "job", tasks[0]?.jobId)
      else if ((await newEnds(batch, new Set())).size === 0) await revoke(batch)
    }
    if (await hasMark(batch.folder, "revoked")) {
      await untilGone(batch, settings, say, signal)
      for (const { id, outcome, peakMemoryMb } of (await newEnds(batch, new Set())).values()) {
        if (outcome !== "finished" || !wanted.has(id) || finished.has(id)) continue
        finished.add(id)
        await onEvent({ kind: "finished", id, peakMemoryMb })
      }
    }
    if (!batch.cells.some(({ id }) => wanted.has(id)) || (await hasMark(batch.folder, "revoked"))) {
      await closeBatch(batch)
    } else {
      say(`goes on with the ${batch.cells.length} cells of an earlier submission`)
      adopted.push(batch)
    }
  }
  const held = ownersOf(adopted)
  const fresh = [...wanted.values()]
    .filter(({ id }) => !held.has(id) && !finished.has(id))
    .map((cell) => ({ ...cell, attempt: 1 }))
  return { adopted, fresh }
}

async function revoke({ folder, jobName }: Batch): Promise<void> {
  await setMark(folder, "revoked") // first: a task that starts meanwhile sees it
  await scancel([jobName])
}

async function untilGone(
  { jobName, folder }: Batch,
  { pollSeconds }: SlurmSettings,
  say: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (!signal?.aborted && (await squeue([jobName])).some(isLive)) {
    say(`waits for the cancelled tasks of ${folder}`)
    await delay(1000 * pollSeconds)
  }
}

/** Cancels what a run has in the queue, the job that stands in for a command first, or it would begin anew; cells save their state.
 *  @returns how many arrays had something left to do */
export async function cancelSlurmRun(folder: string): Promise<number> {
  const open = await readBatches(resolve(folder), "open")
  const follower = await dependentName(resolve(folder))
  if (follower !== "") await scancel([follower])
  const live = new Set(
    (await squeue(open.map(({ jobName }) => jobName))).filter(isLive).map(({ jobName }) => jobName),
  )
  for (const batch of open) await revoke(batch)
  return live.size
}
