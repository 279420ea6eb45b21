import type { JobEvent, Launcher } from "@sourceprint/core/launch/launcher.js"
import type { Progress } from "@sourceprint/core/progress.js"
import type { Engine } from "@sourceprint/engine/select-engine.js"
import { crashCure } from "./choose-engine.js"
import { noteInterruption } from "./interruptions.js"
import type { RunBeacon } from "./live-run.js"
import type { ExperimentPlan, JobSpec } from "./plan.js"
import { writeFailure } from "./run-folder.js"
import type { JobPayload } from "./run-job.js"
import { checkpointPath } from "./run-record.js"

/** Jobs to launch, and who is told of what becomes of them. */
export interface JobsToLaunch {
  readonly launcher: Launcher
  readonly pending: readonly JobSpec[]
  readonly payload: (spec: JobSpec) => JobPayload
  readonly runFolder: string
  readonly plan: ExperimentPlan
  readonly engine: Engine
  /** Its signal stops the jobs. */
  readonly beacon: RunBeacon
  readonly progress: Progress
  readonly logLine: (line: string) => void
}

/** Runs the pending jobs and writes down failures and interruptions. */
export async function launchJobs(request: JobsToLaunch): Promise<void> {
  const { launcher, pending, payload, runFolder, plan, engine, beacon, progress, logLine } = request
  let done = plan.jobs.length - pending.length
  const alreadyDone = done
  const running = new Map<string, number>()
  const writes: Promise<unknown>[] = []
  const show = (note: string): void => {
    const partial = [...running.values()].reduce((sum, fraction) => sum + fraction, 0)
    progress.update(done - alreadyDone + partial, note)
  }
  const failed = async (event: Extract<JobEvent, { kind: "failed" }>): Promise<void> => {
    const { id, cause } = event
    const message = event.message + (cause === "crashed" ? crashCure(engine, runFolder) : "")
    logLine(`${id} ${cause === "failed" ? "cannot succeed" : cause}: ${message}`)
    writes.push(writeFailure(runFolder, { cell: id, cause, message }))
    if (cause !== "failed") await noteInterruption(runFolder, id, { ...event, from: "none" }, new Date())
  }
  const handle = async (event: JobEvent): Promise<void> => {
    const { id } = event
    beacon.job(event)
    switch (event.kind) {
      case "started":
        running.set(id, 0)
        break
      case "progress":
        running.set(id, event.fraction)
        show(`${running.size} running; ${id.split(".").slice(0, 4).join(" ")}: ${event.note}`)
        break
      case "retried":
        logLine(`${id}: ${event.message}; it starts again from its ${event.from}`)
        await noteInterruption(runFolder, id, event, new Date())
        break
      case "stopped":
        running.delete(id)
        break
      case "finished":
        running.delete(id)
        done++
        beacon.logLine(`${id} finished`)
        show(`${running.size} running; ${id} finished`)
        break
      case "failed":
        running.delete(id)
        await failed(event)
        break
    }
  }
  progress.start(pending.length, "jobs")
  try {
    await launcher.launch({
      jobs: pending.map((spec) => ({
        id: spec.id,
        payload: payload(spec),
        statePath: checkpointPath(runFolder, spec.id),
      })),
      moduleUrl: new URL("./run-job.js", import.meta.url).href,
      onEvent: handle,
      signal: beacon.signal,
    })
  } finally {
    progress.stop()
    await Promise.all(writes)
  }
}
