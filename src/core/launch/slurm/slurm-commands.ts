import { execFile } from "node:child_process"
import { AppError, hasCode, messageOf } from "../../errors.js"
import { parseSacct, parseSqueue, type SlurmTask, sacctArguments, squeueArguments } from "./slurm-queue.js"
import { cureOf, isFull, isSilence } from "./slurm-refusals.js"

const COMMAND_TIMEOUT_MS = 120_000
/** The accounts only add words; nobody waits long for them. */
const ACCOUNTS_TIMEOUT_MS = 20_000
const MAX_OUTPUT_BYTES = 64 * 2 ** 20

/** Output of one of Slurm's commands. @throws AppError with its last words: "slurm/silent" where the controller did not
 *  answer, "slurm/command" where it said no, "slurm/missing" */
function slurm(program: string, args: readonly string[], timeout = COMMAND_TIMEOUT_MS): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        return reject(new AppError("slurm/missing", `${program} is not installed here; run this on a login node`))
      const words = lastWords(stderr) || (error.killed ? `no answer in ${timeout / 1000} s` : error.message)
      const code = error.killed || isSilence(words) ? "slurm/silent" : "slurm/command"
      reject(new AppError(code, `${program}: ${words}`, { cause: error }))
    })
  })
}

/** "sbatch: error: a\nsbatch: error: b" -> "a; b", each once: sbatch repeats itself while it tries again. */
const lastWords = (stderr: string): string => {
  const said = stderr.split("\n").map((row) => row.replace(/^\w+: (error: |fatal: )?/, "").trim())
  return [...new Set(said.filter((row) => row !== ""))].join("; ")
}

/** Submits a script that makes its own way to its folder.
 *  @param log as sbatch takes it, see `literalPath`
 *  @returns the job id. @throws AppError "slurm/silent" where the job may be taken all the same, "slurm/full" where the
 *  limit of jobs is reached, "slurm/refused" with the cure, "slurm/missing" */
export async function sbatch(scriptPath: string, log: string): Promise<string> {
  const options = ["--parsable", "--chdir=/", `--output=${log}`]
  const text = await slurm("sbatch", [...options, scriptPath]).catch((error) => {
    const words = messageOf(error).replace(/ \[slurm\/\w+\]$/, "")
    if (isFull(words)) throw new AppError("slurm/full", words, { cause: error })
    if (!hasCode(error, "slurm/command")) throw error
    const cure = cureOf(words)
    throw new AppError("slurm/refused", cure === undefined ? words : `${words}; in the profile, ${cure}`, {
      cause: error,
    })
  })
  const [id = ""] = text.trim().split(";") // "id;cluster" where there are several
  if (!/^\d+$/.test(id)) throw new AppError("slurm/command", `sbatch answered "${text.trim()}", not a job id`)
  return id
}

/** Tasks of these job names that the controller still remembers. @throws AppError "slurm/silent" */
export const squeue = async (names: readonly string[]): Promise<SlurmTask[]> =>
  names.length === 0 ? [] : parseSqueue(await slurm("squeue", squeueArguments(names)))

/** Tasks of these job names by the cluster's accounts; undefined where it keeps none, or they do not answer. */
export const sacct = (names: readonly string[], since: Date): Promise<SlurmTask[] | undefined> =>
  slurm("sacct", sacctArguments(names, since), ACCOUNTS_TIMEOUT_MS).then(parseSacct, () => undefined)

/** Ends every task of these job names; those that run are asked first. @throws AppError "slurm/command" */
export async function scancel(names: readonly string[]): Promise<void> {
  for (const name of names) await slurm("scancel", [`--name=${name}`])
}

/** A job, or one array task by its own id, in a line of "Key=value" words. @throws AppError "slurm/command" */
export const showJob = (id: string): Promise<string> => slurm("scontrol", ["--oneliner", "show", "job", id])
export const showNode = (name: string): Promise<string> => slurm("scontrol", ["--oneliner", "show", "node", name])

/** Changes a job that has not begun. @throws AppError "slurm/command" where it has, or is gone */
export const updateJob = (id: string, change: string): Promise<unknown> =>
  slurm("scontrol", ["update", `JobId=${id}`, change])

/** Id and state of the newest job of a name that is no array; undefined where the controller knows none. */
export async function findJob(name: string): Promise<{ id: string; state: string } | undefined> {
  const text = await slurm("squeue", ["--noheader", "--states=all", `--name=${name}`, "--format=%A|%T"])
  const [id = "", state = ""] = text.trim().split("\n").at(-1)?.split("|") ?? []
  return id === "" ? undefined : { id, state }
}

const DEFAULT_ARRAY_SIZE = 1000

/** Tasks that one array may have. @throws AppError "slurm/silent" */
export async function arraySize(): Promise<number> {
  const match = /^MaxArraySize\s*=\s*(\d+)/m.exec(await slurm("scontrol", ["show", "config"]))
  return match === null ? DEFAULT_ARRAY_SIZE : Math.max(1, Math.min(DEFAULT_ARRAY_SIZE, Number(match[1]) - 1))
}
