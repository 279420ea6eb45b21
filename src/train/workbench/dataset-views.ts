import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { checkDataset } from "@sourceprint/core/dataset/check-dataset.js"
import { countBy } from "@sourceprint/core/dataset/count-by.js"
import { likelyMistakes } from "@sourceprint/core/dataset/likely-mistakes.js"
import { MANIFEST_NAME, readSamples } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { hasUnkeptChanges, readVersions } from "@sourceprint/core/dataset/versions.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import { encodePng } from "@sourceprint/core/image/png.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import type { DatasetCheck, DatasetDetail, DatasetRow } from "@sourceprint/core/workbench/workbench-data.js"
import { datasetStatistics } from "../dataset-statistics.js"

/** Datasets of a folder by name: folders in it, and links to folders, with a manifest. */
export async function listDatasets(dataFolder: string): Promise<DatasetRow[]> {
  const entries = await readdir(dataFolder, { withFileTypes: true }).catch(() => [])
  const rows: DatasetRow[] = []
  for (const { name } of entries.filter((entry) => !entry.isFile() && !isHidden(entry.name))) {
    const files = await readdir(join(dataFolder, name)).catch((): string[] => [])
    if (!files.includes(MANIFEST_NAME)) continue
    try {
      rows.push(await rowOf(dataFolder, name, await readSamples(join(dataFolder, name))))
    } catch (error) {
      rows.push({ name, images: 0, scanners: 0, people: 0, fingers: 0, problem: messageOf(error) })
    }
  }
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function rowOf(dataFolder: string, name: string, samples: readonly Sample[]): Promise<DatasetRow> {
  const version = (await readVersions(join(dataFolder, name)))?.at(-1)?.number
  const known = samples.filter(({ subject }) => subject !== "")
  return {
    name,
    images: samples.length,
    scanners: new Set(samples.map(({ scanner }) => scanner)).size,
    people: new Set(known.map(({ subject }) => subject)).size,
    fingers: new Set(known.map(({ subject, finger }) => `${subject}/${finger}`)).size,
    ...(version === undefined ? {} : { version }),
  }
}

/** The folder of a dataset by its name. @throws AppError "dataset/unknown" */
async function folderOf(dataFolder: string, name: string): Promise<string> {
  const folders = await readdir(dataFolder).catch((): string[] => [])
  if (folders.includes(name)) return join(dataFolder, name)
  throw new AppError("dataset/unknown", `${dataFolder} has no dataset "${name}"`)
}

/** What a manifest says of its images. @throws AppError "dataset/unknown", "manifest/…" */
export async function readDataset(dataFolder: string, name: string): Promise<DatasetDetail> {
  const folder = await folderOf(dataFolder, name)
  const samples = await readSamples(folder)
  const byScanner = [...countBy(samples, ({ scanner }) => scanner)].map(([scanner, images]) => {
    const own = samples.filter((sample) => sample.scanner === scanner && sample.subject !== "")
    return { name: scanner, images, people: new Set(own.map(({ subject }) => subject)).size }
  })
  return {
    row: await rowOf(dataFolder, name, samples),
    byScanner,
    byPerson: [...countBy(samples, ({ subject }) => subject)].map(([subject, images]) => ({ name: subject, images })),
    images: samples.map(({ path, scanner, subject, finger, impression, session, widthPx, heightPx }, index) => ({
      index,
      path,
      scanner,
      subject,
      finger,
      impression,
      session,
      size: `${widthPx} × ${heightPx}`,
    })),
    versions: (await readVersions(folder)) ?? [],
    changedSince: await hasUnkeptChanges(folder),
    warnings: likelyMistakes(samples),
  }
}

/** Reads every image: image statistics by scanner, unreadable and altered files, duplicates. Takes a while.
 *  @throws AppError "dataset/unknown", "manifest/…" */
export async function checkImages(dataFolder: string, name: string): Promise<DatasetCheck> {
  const folder = await folderOf(dataFolder, name)
  const samples = await readSamples(folder)
  const { unreadable, altered, duplicates } = await checkDataset(folder, samples)
  const { columns, rows } = await datasetStatistics(folder, samples, "scanner")
  return { columns, quality: rows, unreadable: unreadable.map(({ reason }) => reason), altered, duplicates }
}

/** Images of the datasets of a folder. The manifest of the last dataset stays in memory while its file is the same. */
export class ImageReader {
  private kept: { readonly stamp: string; readonly samples: Promise<readonly Sample[]> } | undefined

  constructor(private readonly dataFolder: string) {}

  /** One image as a PNG, its longer side at most `sidePx`. @param index in canonical order
   *  @throws AppError "dataset/unknown", "dataset/image", "manifest/…", "image/…" */
  async png(name: string, index: number, sidePx: number): Promise<Uint8Array> {
    const folder = await folderOf(this.dataFolder, name)
    const sample = (await this.samples(folder))[index]
    if (sample === undefined) throw new AppError("dataset/image", `${name} has no image number ${index}`)
    const image = await readGrayImage(join(folder, sample.path))
    const scale = Math.min(1, sidePx / Math.max(image.width, image.height))
    const side = (length: number): number => Math.max(1, Math.round(length * scale))
    return encodePng(scale === 1 ? image : resize(image, side(image.width), side(image.height)))
  }

  private async samples(folder: string): Promise<readonly Sample[]> {
    const stamp = `${folder} ${(await stat(join(folder, MANIFEST_NAME)).catch(() => undefined))?.mtimeMs}`
    if (this.kept?.stamp !== stamp) this.kept = { stamp, samples: readSamples(folder) }
    return await this.kept.samples
  }
}
