import type { SlurmSettings } from "./slurm-settings.js"

/** A word for the shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export interface ArrayScript {
  readonly jobName: string
  /** Tasks 0 … count - 1. */
  readonly count: number
  /** At a time. */
  readonly limit?: number | undefined
  readonly workFolder: string
  /** One log a task, `%a` is its index. */
  readonly logs: string
  /** Program and arguments; the index follows as the last one. */
  readonly command: readonly string[]
}

const directives = (settings: SlurmSettings, own: readonly string[]): string[] => {
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}=${value}`]
  const all = [
    ...own,
    ...option("partition", settings.partition),
    ...option("account", settings.account),
    ...option("qos", settings.qos),
    ...option("time", settings.time),
    ...option("mem", settings.memoryMb === undefined ? undefined : `${settings.memoryMb}M`),
    ...option("cpus-per-task", settings.cpus),
    ...option("gpus", settings.gpus === 0 ? undefined : settings.gpus),
    ...settings.sbatch,
  ]
  return all.map((text) => `#SBATCH ${text}`)
}

/** The script of one job array. `exec`: the task itself hears Slurm's signals. */
export function arrayScript(settings: SlurmSettings, script: ArrayScript): string {
  const { jobName, count, limit, workFolder, logs, command } = script
  const own = [
    `--job-name=${jobName}`,
    `--array=0-${count - 1}${limit === undefined ? "" : `%${limit}`}`,
    `--chdir=${workFolder}`,
    `--output=${logs}`,
    "--open-mode=append",
    "--ntasks=1",
    "--requeue",
    `--signal=B:TERM@${settings.stopSeconds}`,
  ]
  const words = command.map(shellQuoted).join(" ")
  return [
    "#!/bin/sh",
    ...directives(settings, own),
    ...settings.setup,
    `exec ${words} "$SLURM_ARRAY_TASK_ID"`,
    "",
  ].join("\n")
}

/** One job after others have ended, whatever way: requeues, aggregation and report. */
export function followScript(
  settings: SlurmSettings,
  {
    jobName,
    after,
    beginSeconds,
    workFolder,
    log,
    command,
  }: {
    readonly jobName: string
    readonly after: readonly string[]
    /** Not before this long from now. */
    readonly beginSeconds?: number | undefined
    readonly workFolder: string
    readonly log: string
    readonly command: readonly string[]
  },
): string {
  const own = [
    `--job-name=${jobName}`,
    ...(after.length === 0 ? [] : [`--dependency=afterany:${after.join(":")}`]),
    ...(beginSeconds === undefined ? [] : [`--begin=now+${beginSeconds}`]),
    `--chdir=${workFolder}`,
    `--output=${log}`,
    "--open-mode=append",
    "--ntasks=1",
  ]
  const words = command.map(shellQuoted).join(" ")
  return ["#!/bin/sh", ...directives(settings, own), ...settings.setup, `exec ${words}`, ""].join("\n")
}
