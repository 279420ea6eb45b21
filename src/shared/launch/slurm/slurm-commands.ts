import { execFile } from "node:child_process"
import { AppError } from "../../errors.js"
import { parseSacct, parseSqueue, type SlurmTask, sacctArguments, squeueArguments } from "./slurm-queue.js"

const COMMAND_TIMEOUT_MS = 120_000
const MAX_OUTPUT_BYTES = 64 * 2 ** 20

/** Output of one of Slurm's commands. @throws AppError "slurm/command" with its last words */
function slurm(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }
    execFile(program, args, limits, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else if ((error as NodeJS.ErrnoException).code === "ENOENT")
        reject(new AppError("slurm/missing", `${program} is not installed here; run this on a login node`))
      else
        reject(
          new AppError("slurm/command", `${program}: ${stderr.trim() || error.message}`, { cause: error }),
        )
    })
  })
}

/** @returns the job id. @throws AppError "slurm/command", "slurm/missing" */
export async function sbatch(scriptPath: string): Promise<string> {
  const text = await slurm("sbatch", ["--parsable", scriptPath])
  const [id = ""] = text.trim().split(";") // "id;cluster" where there are several
  if (!/^\d+$/.test(id)) throw new AppError("slurm/command", `sbatch answered "${text.trim()}", not a job id`)
  return id
}

/** Tasks of these job names that the controller still remembers. @throws AppError "slurm/command" */
export const squeue = async (names: readonly string[]): Promise<SlurmTask[]> =>
  names.length === 0 ? [] : parseSqueue(await slurm("squeue", squeueArguments(names)))

/** Ended tasks of these job names; none where the cluster keeps no accounts. */
export const sacct = (names: readonly string[], since: Date): Promise<SlurmTask[]> =>
  slurm("sacct", sacctArguments(names, since)).then(parseSacct, () => [])

/** Ends every task of these job names; those that run are asked first. @throws AppError "slurm/command" */
export async function scancel(names: readonly string[]): Promise<void> {
  for (const name of names) await slurm("scancel", [`--name=${name}`])
}

/** A job, or one array task by its own id, in a line of "Key=value" words. @throws AppError "slurm/command" */
export const showJob = (id: string): Promise<string> => slurm("scontrol", ["--oneliner", "show", "job", id])
export const showNode = (name: string): Promise<string> =>
  slurm("scontrol", ["--oneliner", "show", "node", name])

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

/** Tasks that one array may have. */
export async function arraySize(): Promise<number> {
  const match = /^MaxArraySize\s*=\s*(\d+)/m.exec(await slurm("scontrol", ["show", "config"]))
  return match === null ? DEFAULT_ARRAY_SIZE : Math.max(1, Math.min(DEFAULT_ARRAY_SIZE, Number(match[1]) - 1))
}
