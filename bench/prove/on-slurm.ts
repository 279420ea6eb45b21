import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { AppError } from "@sourceprint/core/errors.js"
import { runExperiment } from "@sourceprint/train/run-experiment.js"
import { type OneNode, type OneNodeOptions, oneNodeSlurm } from "../../test/support/one-node-slurm.js"
import { differingFiles, runDigest } from "../../test/support/run-digest.js"
import { tinyExperiment, tinyScanners } from "../../test/support/tiny-scanners.js"
import type { Figure } from "./claim.js"
import { exactly } from "./figure.js"

/** Ends running tasks as a person would. */
export async function cancel(tasks: readonly { readonly jobId: string; readonly index: number }[]): Promise<void> {
  await promisify(execFile)(
    "scancel",
    tasks.map(({ jobId, index }) => `${jobId}_${index}`),
  )
}

/** A real Slurm of one node and a temporary folder, both gone afterwards. */
export async function onSlurm<Result>(
  work: (slurm: OneNode, folder: string) => Promise<Result>,
  options: OneNodeOptions = {},
): Promise<Result> {
  const slurm = await oneNodeSlurm(options)
  const folder = await mkdtemp(join(tmpdir(), "prove-slurm-"))
  try {
    if (slurm.absent !== undefined) throw new AppError("prove/slurm", slurm.absent)
    return await work(slurm, folder)
  } finally {
    await slurm.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same with 3 folds × 2 seeds of a tiny network on generated images; `epochs` makes the jobs as long as a claim
 *  needs. */
export const onSlurmExperiment = <Result>(
  epochs: number,
  work: (scene: { slurm: OneNode; folder: string; file: string }) => Promise<Result>,
  change: (text: string) => string = (text) => text,
): Promise<Result> =>
  onSlurm(async (slurm, folder) => {
    const tiny = await tinyScanners({ scanners: 3, fingers: 6 })
    try {
      const file = join(folder, "tiny.yaml")
      const text = tinyExperiment(tiny.dataset, "seeds: [1, 2]\n")
        .replace("epochs: 3,", `epochs: ${epochs},`)
        .replace("patience: 3", `patience: ${epochs}`)
      await writeFile(file, change(text))
      return await work({ slurm, folder, file })
    } finally {
      await tiny.remove()
    }
  })

/** Runs the experiment once more, undisturbed and without Slurm, and compares metrics, scores, models and summary. */
export async function differsFromLocal(
  { folder, file }: { readonly folder: string; readonly file: string },
  runFolder: string,
  logLine: (text: string) => void,
  workers?: number,
): Promise<Figure> {
  const local = await runExperiment(file, { runsFolder: join(folder, "local"), workers, logLine })
  const [a, b] = [await runDigest(local.runFolder), await runDigest(runFolder)]
  const differing = differingFiles(a, b).length
  return exactly("files that differ from an undisturbed local run", differing, 0, "", `${a.size} compared`)
}
