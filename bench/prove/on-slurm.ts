import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AppError } from "../../src/shared/errors.js"
import { type OneNode, oneNodeSlurm } from "../../test/support/one-node-slurm.js"
import { tinyExperiment, tinyScanners } from "../../test/support/tiny-scanners.js"
import type { Figure } from "./claim.js"

export const exactly = (name: string, value: number, expected: number, note?: string): Figure => ({
  name,
  value,
  unit: "",
  bound: { is: "exactly", value: expected },
  ...(note === undefined ? {} : { note }),
})

export const atLeastOne = (name: string, value: number): Figure => ({
  name,
  value,
  unit: "",
  bound: { is: "at least", value: 1 },
})

/** A real Slurm of one node and a temporary folder, both gone afterwards. */
export async function onSlurm<Result>(
  work: (slurm: OneNode, folder: string) => Promise<Result>,
): Promise<Result> {
  const slurm = await oneNodeSlurm()
  const folder = await mkdtemp(join(tmpdir(), "prove-slurm-"))
  try {
    if (slurm.absent !== undefined) throw new AppError("prove/slurm", slurm.absent)
    return await work(slurm, folder)
  } finally {
    await slurm.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** 3 folds × 2 seeds of a tiny network on generated images; `epochs` makes the cells as long as a claim needs. */
export async function slurmExperiment(
  folder: string,
  epochs: number,
  change: (text: string) => string = (text) => text,
): Promise<{ file: string; remove(): Promise<void> }> {
  const tiny = await tinyScanners({ scanners: 3, fingers: 6 })
  const file = join(folder, "tiny.yaml")
  const text = tinyExperiment(tiny.dataset, "seeds: [1, 2]\n")
    .replace("epochs: 3,", `epochs: ${epochs},`)
    .replace("patience: 3", `patience: ${epochs}`)
  await writeFile(file, change(text))
  return { file, remove: () => tiny.remove() }
}
