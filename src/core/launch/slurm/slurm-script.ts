import type { SlurmSettings } from "./slurm-settings.js"

/** A word for the shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A path in which sbatch replaces nothing. */
export const literalPath = (path: string): string => path.replaceAll("%", "%%")

/** Begins the line of a log that says why a node cannot run jobs at all. */
export const CANNOT_START = "sourceprint cannot start on "

/** What runs on a node, and where. */
export interface NodeCommand {
  readonly jobName: string
  /** Where the command was given; set-up lines and the command begin there. */
  readonly workFolder: string
  /** Arguments of node. */
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

/** Paths stand in the shell's part only: `#SBATCH` lines know no quoting that every version reads alike.
 *  `exec`: the command itself hears Slurm's signals. */
function script(
  settings: SlurmSettings,
  own: readonly string[],
  { workFolder, command }: NodeCommand,
  last: string,
): string {
  const cannot = (why: string): string => `{ echo "${CANNOT_START}$(hostname): "${shellQuoted(why)} >&2; exit 127; }`
  const node = settings.node ?? process.execPath
  const other = settings.node === undefined ? "node=$(command -v node)" : 'command -v "$node" >/dev/null'
  return [
    "#!/bin/sh",
    ...directives(settings, own),
    `cd ${shellQuoted(workFolder)} || ${cannot("every node must see the folder in which the command is given")}`,
    ...settings.setup,
    `node=${shellQuoted(node)}`,
    `[ -x "$node" ] || ${other} || ` +
      `${cannot(
        `there is no ${node} and no node on the PATH; name it as \`node\` in the profile, or add a line to ` +
          `its \`setup\` such as "module load nodejs"`,
      )}`,
    `exec "$node" ${command.map(shellQuoted).join(" ")}${last}`,
    "",
  ].join("\n")
}

/** The script of one job array, tasks 0 … count - 1, at most `limit` at a time; the index is the last argument. */
export function arrayScript(
  settings: SlurmSettings,
  { count, limit, ...what }: NodeCommand & { readonly count: number; readonly limit?: number | undefined },
): string {
  const own = [
    `--job-name=${what.jobName}`,
    `--array=0-${count - 1}${limit === undefined ? "" : `%${limit}`}`,
    "--open-mode=append",
    "--ntasks=1",
    "--requeue",
    `--signal=B:TERM@${settings.stopSeconds}`,
  ]
  return script(settings, own, what, ' "$SLURM_ARRAY_TASK_ID"')
}

/** One job after others have ended, whatever way: requeues, aggregation and report. */
export function followScript(
  settings: SlurmSettings,
  {
    after,
    beginSeconds,
    ...what
  }: NodeCommand & {
    readonly after: readonly string[]
    /** Not before this long from now. */
    readonly beginSeconds?: number | undefined
  },
): string {
  const own = [
    `--job-name=${what.jobName}`,
    ...(after.length === 0 ? [] : [`--dependency=afterany:${after.join(":")}`]),
    ...(beginSeconds === undefined ? [] : [`--begin=now+${beginSeconds}`]),
    "--open-mode=append",
    "--ntasks=1",
    // Pre-empted, it begins again: what it does can be done again.
    "--requeue",
  ]
  return script(settings, own, what, "")
}
