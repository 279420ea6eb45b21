import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { messageOf } from "@sourceprint/core/errors.js"
import { filesBelow, isHidden } from "@sourceprint/core/files/files-below.js"
import { decodeBmp } from "@sourceprint/core/image/bmp.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { CAPTURE_FOLDER, CaptureDataset, isTemporary, type Recovery, sha256Of } from "./capture-dataset.js"
import { rawPathOf, readCaptureRecord, recordPathOf } from "./capture-record.js"

export interface DatasetVerdict {
  readonly rows: number
  readonly recovery: Recovery
  /** One line a finding, naming the file and what is wrong; empty when all is well. */
  readonly findings: readonly string[]
}

/** Opens a captured dataset (which finishes what a killed session left) and checks every row against its image, raw
 *  bytes and record, and every file against its row. Images without a record (imported ones) are checked by hash.
 *  @throws AppError "dataset/locked" | "manifest/row" */
export async function verifyDataset(folder: string, progress: Progress = noProgress): Promise<DatasetVerdict> {
  const { dataset, recovery } = await CaptureDataset.open(folder)
  try {
    return await dataset.exclusive(async () => {
      const samples = await dataset.samplesHeld()
      const findings: string[] = []
      const found = await filesBelow(folder, { hidden: true })
      const outside = (path: string): boolean => !path.startsWith(`${CAPTURE_FOLDER}/`)
      const files = new Set(found.files.filter(outside))
      progress.start(samples.length, "images")
      for (const [index, sample] of samples.entries()) {
        findings.push(...(await rowFindings(folder, sample, files)))
        progress.update(index + 1)
      }
      progress.stop()
      const known = new Set(samples.flatMap(({ path }) => [path, rawPathOf(path), recordPathOf(path)]))
      for (const path of files) {
        const name = path.slice(path.lastIndexOf("/") + 1)
        if (isTemporary(name)) findings.push(`${path}: a half-written file`)
        else if (/\.(bmp|nib)$/.test(name) && !isHidden(name) && !known.has(path))
          findings.push(`${path}: a file without a manifest row`)
      }
      for (const { path, reason } of found.unreadable.filter((one) => outside(one.path)))
        findings.push(`${path}: ${reason}`)
      return { rows: samples.length, recovery, findings }
    })
  } finally {
    dataset.close()
  }
}

async function rowFindings(folder: string, sample: Sample, files: ReadonlySet<string>): Promise<string[]> {
  const { path } = sample
  const image = await readFile(join(folder, path)).catch(() => undefined)
  if (image === undefined) return [`${path}: a row without an image`]
  if (sha256Of(image) !== sample.sha256) return [`${path}: the image is not the one that was saved (hash differs)`]
  const recordPath = recordPathOf(path)
  if (!path.endsWith(".bmp") || !files.has(recordPath)) return []
  try {
    const { record, entry, acquisition } = readCaptureRecord(
      JSON.parse(await readFile(join(folder, recordPath), "utf8")),
    )
    if (JSON.stringify(record.sample) !== JSON.stringify(sample)) return [`${recordPath}: it describes another row`]
    const raw = new Uint8Array(await readFile(join(folder, rawPathOf(path))))
    if (sha256Of(raw) !== record.rawSha256) return [`${rawPathOf(path)}: not the bytes that were saved (hash differs)`]
    const { image: stored } = decodeBmp(new Uint8Array(image))
    const decoded = entry.decode(raw, acquisition, stored.width, stored.height)
    const same =
      stored.pixels.length === decoded.pixels.length && stored.pixels.every((p, i) => p === decoded.pixels[i])
    return same ? [] : [`${path}: the image is not what its raw bytes and its record give`]
  } catch (error) {
    return [`${path}: its record or raw bytes cannot be read (${messageOf(error)})`]
  }
}
