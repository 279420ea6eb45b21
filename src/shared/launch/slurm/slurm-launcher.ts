import { randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { messageOf } from "../../errors.js"
import { writeFileAtomic } from "../../store/atomic-file.js"
import type { Cell, Launcher, LaunchRequest } from "../launcher.js"
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
import { arraySize, sbatch, scancel, squeue } from "./slurm-commands.js"
import { type BatchNews, followBatch } from "./slurm-follow.js"
import { isLive } from "./slurm-queue.js"
import { followScript } from "./slurm-script.js"
import type { SlurmSettings } from "./slurm-settings.js"
import { submitBatch } from "./slurm-submit.js"

/** Holds the name of the job that follows a detached run. */
const FOLLOWER = "follower"

export interface SlurmPlace {
  /** Of this run, on a file system that the nodes share. Holds batches, logs and scripts; see `Batch`. */
  readonly folder: string
  /** Flags of node for every cell. */
  readonly execArgv?: readonly string[]
  readonly say?: (line: string) => void
  /** Submit and return; this command runs as a job once every array has ended. */
  readonly detach?: { readonly command: readonly string[] } | undefined
}

/** Cells as tasks of Slurm job arrays. Killed or interrupted at any moment, the arrays go on; the next launch in the same
 *  folder adopts them, whether or not their job ids were written down. Aborting leaves the arrays running.
 *  @returns a launcher whose launch throws AppError "slurm/…" where Slurm refuses the submission */
export function slurmLauncher(settings: SlurmSettings, place: SlurmPlace): Launcher {
  return { launch: (request) => launch(settings, { ...place, folder: resolve(place.folder) }, request) }
}

async function launch(settings: SlurmSettings, place: SlurmPlace, request: LaunchRequest): Promise<void> {
  const { folder, say = () => {} } = place
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
  let open = [...adopted, ...(await submit(fresh))]
  if (place.detach !== undefined) return await detach(open, settings, place, place.detach.command)
  const followed = new Map(open.map((batch) => [batch, followBatch(batch)]))
  const latest = ownersOf(open)
  while (open.length > 0 && !request.signal?.aborted) {
    await delay(1000 * settings.pollSeconds, undefined, { signal: request.signal }).catch(() => {}) // looks at it next
    if (request.signal?.aborted) return
    const tasks = await squeue(open.map(({ jobName }) => jobName)).catch((error) => {
      say(`${messageOf(error)}; asking again`)
      return undefined
    })
    const again: BatchCell[] = []
    for (const batch of open) {
      const own = tasks?.filter(({ jobName }) => jobName === batch.jobName)
      const news = (await followed.get(batch)?.next(own, settings)) ?? []
      for (const one of news) {
        const { id } = one.cell
        if (latest.get(id) === batch && wanted.has(id)) tell(one, settings, request, again)
      }
    }
    if (again.length > 0) {
      const batches = await submit(again)
      for (const batch of batches) followed.set(batch, followBatch(batch))
      for (const [id, batch] of ownersOf(batches)) latest.set(id, batch)
      open.push(...batches)
    }
    const ended = open.filter((batch) => followed.get(batch)?.isOver())
    for (const batch of ended) await closeBatch(batch)
    open = open.filter((batch) => !ended.includes(batch))
  }
}

/** A cell belongs to the newest array that lists it: it enters one only when it has left those before. */
const ownersOf = (batches: readonly Batch[]): Map<string, Batch> =>
  new Map(batches.flatMap((batch) => batch.cells.map(({ id }) => [id, batch] as const)))

function tell(
  { cell, kind, end }: BatchNews,
  settings: SlurmSettings,
  request: LaunchRequest,
  again: BatchCell[],
): void {
  const { id } = cell
  if (kind === "started") {
    request.onEvent({ kind, id, attempt: cell.attempt })
    return
  }
  const { cause = "crashed", message = "" } = end
  if (end.outcome === "finished") request.onEvent({ kind: "finished", id, peakMemoryMb: end.peakMemoryMb })
  else if (kind === "revoked") request.onEvent({ kind: "stopped", id })
  else if (cause === "failed" || cell.attempt > settings.requeues) {
    const tried = cell.attempt > 1 ? ` (attempt ${cell.attempt})` : ""
    request.onEvent({ kind: "failed", id, cause, message: `${message}${tried}` })
  } else {
    request.onEvent({ kind: "retried", id, cause, message })
    again.push({ ...cell, attempt: cell.attempt + 1 })
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
        onEvent({ kind: "finished", id, peakMemoryMb })
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

/** Cancels what a run has in the queue, the job of a detached run first, or it would begin anew; cells save their state.
 *  @returns how many arrays had something left to do */
export async function cancelSlurmRun(folder: string): Promise<number> {
  const open = await readBatches(resolve(folder), "open")
  const follower = (await readFile(join(folder, FOLLOWER), "utf8").catch(() => "")).trim()
  if (follower !== "") await scancel([follower])
  const live = new Set(
    (await squeue(open.map(({ jobName }) => jobName))).filter(isLive).map(({ jobName }) => jobName),
  )
  for (const batch of open) await revoke(batch)
  return live.size
}

async function detach(
  open: readonly Batch[],
  settings: SlurmSettings,
  { folder, say = () => {} }: SlurmPlace,
  command: readonly string[],
): Promise<void> {
  const tasks = await squeue(open.map(({ jobName }) => jobName))
  const after = [...new Set(tasks.map(({ jobId }) => jobId))]
  const jobName = `sourceprint-follow-${randomBytes(6).toString("hex")}`
  await writeFileAtomic(join(folder, FOLLOWER), `${jobName}\n`)
  const script = followScript(settings, {
    jobName,
    after,
    workFolder: process.cwd(),
    log: join(folder, "follow.log"),
    command,
  })
  const path = join(folder, "follow.sh")
  await writeFileAtomic(path, script)
  say(`aggregation and report follow as Slurm job ${await sbatch(path)}`)
}
