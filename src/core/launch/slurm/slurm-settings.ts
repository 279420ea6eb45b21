import { readFile } from "node:fs/promises"
import { parse } from "yaml"
import { z } from "zod"
import { AppError, messageOf } from "../../errors.js"

const line = z.string().regex(/^[^\r\n]*$/, "one line")
const word = z.string().regex(/^[\w.,:@+/-]+$/, "a Slurm name: letters, digits and . , : @ + / - only")

/** A profile: what a cluster wants to know of every job, and how the launcher behaves on it. */
export const SlurmSettings = z.strictObject({
  partition: word.optional(),
  account: word.optional(),
  qos: word.optional(),
  /** Of one job, as sbatch takes it. A job that needs longer continues from its checkpoint in a requeue. */
  time: z
    .string()
    .regex(/^(\d+-\d+(:\d+){0,2}|\d+(:\d+){0,2})$/, "such as 90 (minutes), 02:00:00 or 1-12")
    .optional(),
  memoryMb: z.int().min(64).optional(),
  cpus: z.int().min(1).default(1),
  gpus: z.int().min(0).default(0),
  /** Jobs at a time. */
  arrayLimit: z.int().min(1).optional(),
  /** Whatever else follows `#SBATCH `, such as "--constraint=avx2". */
  sbatch: z.array(line.regex(/^--/, "starts with --")).default([]),
  /** Shell lines before the job, such as "module load nodejs". */
  setup: z.array(line).default([]),
  /** Runs the jobs on the nodes; else the node that runs the command or, where that is not there, the one on the
   *  PATH. */
  node: line.min(1).optional(),
  /** A job that the cluster ended starts again at most this often. */
  requeues: z.int().min(0).default(3),
  /** So often another job may take a job's place; says nothing about the job, so it is not counted as a requeue. */
  preemptions: z.int().min(0).default(100),
  pollSeconds: z.number().min(0.1).default(10),
  /** A task that left the queue has this long to become visible on a shared file system. */
  settleSeconds: z.number().min(0).default(30),
  /** A job is asked to save its state this long before its time is up. */
  stopSeconds: z.int().min(1).max(600).default(60),
  /** The command that follows puts the job that would follow in its place off by this long, again and again; that job
   *  begins at the latest this long after the command has died. */
  leaseSeconds: z.int().min(2).default(300),
  /** Tasks in one array; else what the cluster says, at most 1000. */
  maxArraySize: z.int().min(1).max(1000).optional(),
})
export type SlurmSettings = z.infer<typeof SlurmSettings>

/** A profile file (YAML). @throws AppError "slurm/profile" naming every problem */
export async function readSlurmProfile(path: string): Promise<SlurmSettings> {
  let written: unknown
  try {
    written = parse(await readFile(path, "utf8"))
  } catch (cause) {
    throw new AppError("slurm/profile", `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  const parsed = SlurmSettings.safeParse(written ?? {})
  if (parsed.success) return parsed.data
  const faults = z.prettifyError(parsed.error)
  throw new AppError("slurm/profile", `${path} is no profile:\n${faults}`, { cause: parsed.error })
}
