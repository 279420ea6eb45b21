import { datasetHash, readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"

export interface LoadedDataset {
  readonly folder: string
  /** In canonical order. */
  readonly samples: readonly Sample[]
  /** Names images and labels, whatever their order and place: 64 hex digits. */
  readonly hash: string
  readonly scanners: readonly string[]
}

/** A dataset as experiments read it. @param folder with manifest.csv
 *  @throws AppError "manifest/missing", "manifest/row" */
export async function loadDataset(folder: string): Promise<LoadedDataset> {
  const samples = await readSamples(folder)
  const scanners = [...new Set(samples.map(({ scanner }) => scanner))]
  return { folder, samples, hash: datasetHash(samples), scanners }
}
