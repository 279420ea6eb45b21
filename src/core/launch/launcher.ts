/** Jobs are the unit of work of every launcher: independent, named by content, repeatable, resumable. The module
 *  that does the work is named by URL, so that this folder knows nothing of what a job computes. */
export interface Job {
  readonly id: string
  /** Plain JSON; small: a job finds its inputs by itself. */
  readonly payload: unknown
  /** A file that is there while the job has a saved state to continue from. */
  readonly statePath?: string | undefined
}

/** What the module named by `moduleUrl` exports. */
export interface JobModule {
  /** Does the work of one job in a process of its own and leaves its result where the payload says. Throwing means
   *  that the job cannot succeed as configured; it is not tried again.
   *  @returns "finished", or "stopped" when `control.stopping` was seen and the state is saved for a later run */
  runJob(payload: unknown, control: JobControl): Promise<"finished" | "stopped">
}

export interface JobControl {
  /** Turns true when the job should save its state and return. Long work looks at it between its steps. */
  readonly stopping: boolean
  /** `fraction` of this job in [0, 1]; `note` is a short word on the current step. */
  progress(fraction: number, note: string): void
}

/** Why a job did not finish. "failed": it threw, the configuration or the data is at fault, `message` says what.
 *  "crashed": its process ended without a message. "memory": it went beyond the bound a worker may use. Of a batch
 *  system: "timeout", "node" (it failed under the job), "preempted", "cancelled", "requeued" (it took the job back and
 *  did not say why). Only "failed" blames the configuration. */
export type FailureKind = "failed" | "crashed" | "memory" | "timeout" | "node" | "preempted" | "cancelled" | "requeued"

/** Where the next start of a job begins. */
export type StartsFrom = "checkpoint" | "beginning"

/** An attempt at a job that ended without a result and without the job's own fault being said. */
export interface Interruption {
  readonly cause: FailureKind
  readonly message: string
  readonly from: StartsFrom
  /** Unique in the run: two launches that tell the same end say the same. */
  readonly occurrence: string
}

export type JobEvent =
  | { readonly kind: "started"; readonly id: string; readonly attempt: number }
  | { readonly kind: "progress"; readonly id: string; readonly fraction: number; readonly note: string }
  | { readonly kind: "finished"; readonly id: string; readonly peakMemoryMb: number }
  | { readonly kind: "stopped"; readonly id: string }
  | ({ readonly kind: "retried"; readonly id: string } & Interruption)
  | ({ readonly kind: "failed"; readonly id: string } & Omit<Interruption, "from">)

export interface LaunchRequest {
  readonly jobs: readonly Job[]
  readonly moduleUrl: string
  /** Awaited before a job starts again, so that what is noted of an interruption is kept. */
  readonly onEvent: (event: JobEvent) => void | Promise<void>
  /** Aborting stops cleanly: no new job starts, running ones save their state. */
  readonly signal?: AbortSignal
}

/** Runs every job once; resolves when all have ended. A job that cannot run is an event, never a rejection. */
export interface Launcher {
  launch(request: LaunchRequest): Promise<void>
}
