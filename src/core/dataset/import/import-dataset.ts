import { createHash } from "node:crypto"
import { copyFile, constants as fsConstants, mkdir, readFile } from "node:fs/promises"
import { dirname, join, relative, resolve } from "node:path"
import { AppError, messageOf } from "../../errors.js"
import { writeFileAtomic } from "../../files/atomic-file.js"
import { systemFault } from "../../files/system-fault.js"
import { decodeImage } from "../../image/read-image.js"
import type { Resolution } from "../../image/resolution.js"
import { noProgress, type Progress } from "../../progress.js"
import { countBy } from "../count-by.js"
import { datasetCard } from "../dataset-card.js"
import { type DatasetDifference, datasetDifference, differenceCounts, differenceLines, lossOf } from "../difference.js"
import { formatManifest, MANIFEST_NAME } from "../manifest.js"
import { Sample } from "../sample.js"
import { claimFolder, keepVersion } from "../versions.js"
import { type FileToImport, filesToImport, nothingFits, slashes } from "./files-to-import.js"
import type { ImportOptions, Refused } from "./import-options.js"
import type { Labels } from "./layout.js"
import { presentDataset } from "./present-dataset.js"

/** Who said what the resolution is. */
export type ResolutionSource = "asked" | "layout" | "tag" | "nobody"

/** What an import took and what it refused. */
export interface ImportResult {
  readonly samples: readonly Sample[]
  readonly refused: readonly Refused[]
  /** Files that the layout does not know. */
  readonly ignored: readonly string[]
  /** What people should know of single images, such as pages that were left out. */
  readonly notes: readonly { readonly path: string; readonly note: string }[]
  /** Images by who said their resolution. */
  readonly resolutionSources: ReadonlyMap<ResolutionSource, number>
  /** Against the manifest that was there; every row is added where there was none. */
  readonly difference: DatasetDifference
  /** The version of the dataset that the manifest now is. */
  readonly version: number
  /** False when the manifest on disk had these rows already. */
  readonly changed: boolean
}

/** Imports folders of images: reads and hashes each, writes `manifest.csv` and, where there is none, `card.md`. Images
 *  are never altered; importing the same again changes nothing. What cannot be read is listed and the rest continues.
 *  The manifest that was there is kept as a version.
 *  @throws AppError "import/pattern", "import/folder", "import/nothing"; "import/not-imported" for a folder that no
 *  import made; "import/would-lose" with the difference, see `onLoss` */
export async function importDataset(options: ImportOptions, progress: Progress = noProgress): Promise<ImportResult> {
  const found = await filesToImport(options)
  if (found.files.every(({ labels }) => labels === undefined)) throw nothingFits(options, found.files, found.refused)
  const present = await presentDataset(options.into)
  const samples: Sample[] = []
  const refused: Refused[] = [...found.refused]
  const ignored: string[] = []
  const notes: { path: string; note: string }[] = []
  const sources: ResolutionSource[] = []
  progress.start(found.files.length, "files")
  for (const [index, file] of found.files.entries()) {
    const { path, labels } = file
    if (labels === undefined) {
      ignored.push(path)
    } else {
      try {
        const one = await importOne(file, labels, options)
        samples.push(one.sample)
        sources.push(one.source)
        notes.push(...one.notes.map((note) => ({ path, note })))
      } catch (error) {
        if (error instanceof AppError && error.code === "file/write") throw error
        refused.push({ path, reason: messageOf(error) })
      }
    }
    progress.update(index + 1, path)
  }
  progress.stop()
  if (samples.length === 0) throw nothingFits(options, found.files, refused)
  const written = await writeDataset(options, present, samples, refused)
  const resolutionSources = countBy(sources, (source) => source)
  return { ...written, refused, ignored, notes, resolutionSources }
}

/** @throws AppError "import/would-lose" */
async function writeDataset(
  { into, from, layout, onLoss, nowMs = Date.now() }: ImportOptions,
  present: readonly Sample[],
  imported: readonly Sample[],
  refused: readonly Refused[],
): Promise<Pick<ImportResult, "samples" | "difference" | "version" | "changed">> {
  const known = new Set(present.map(({ path }) => path))
  const added = imported.filter(({ path }) => !known.has(path))
  const samples = onLoss === "keep" ? [...present, ...added] : imported
  const difference = datasetDifference(present, samples)
  if (lossOf(difference) > 0 && onLoss === undefined) {
    const reasons = refused.slice(0, 5).map(({ reason }) => `refused: ${reason}\n`)
    throw new AppError(
      "import/would-lose",
      `${into} has rows that this import would lose (${differenceCounts(difference)}), so nothing was written:\n` +
        `${differenceLines(difference).join("\n")}\n${reasons.join("")}` +
        "--replace takes the import's rows (the manifest of now stays as a version, see data log); " +
        "--keep leaves these rows and adds the new ones",
    )
  }
  const changed = lossOf(difference) + difference.added.length > 0
  const note = `from ${[from].flat().join(", ")} by ${layout}`
  if (changed) {
    await keepVersion(into, { by: "found", note: "as it was before an import" }, nowMs)
    await writeFileAtomic(join(into, MANIFEST_NAME), formatManifest(samples))
  }
  const version = await keepVersion(into, { by: "import", note }, nowMs)
  const cardPath = join(into, "card.md")
  if ((await readFile(cardPath, "utf8").catch(() => undefined)) === undefined) {
    await writeFileAtomic(cardPath, datasetCard(samples, { name: into, layout }))
  }
  return { samples: changed ? samples : present, difference, version: version?.number ?? 0, changed }
}

const sourceTexts: Readonly<Record<ResolutionSource, string>> = {
  asked: "as it was stated",
  layout: "as the layout knows it",
  tag: "as the files' tags say",
  nobody: "unknown: state it with --dpi if you know it; the matcher estimates it from the ridges",
}

/** In words: how many images have their resolution from where. */
export const resolutionLine = ({ resolutionSources }: ImportResult): string =>
  [...resolutionSources].map(([source, count]) => `${count} images ${sourceTexts[source]}`).join(", ")

/** Each note once, with its first image and how many more have it. */
export function noteLines({ notes }: ImportResult): string[] {
  const firstOf = new Map(notes.toReversed().map(({ path, note }) => [note, path]))
  return [...countBy(notes, ({ note }) => note)].map(([note, count]) => {
    const more = count === 1 ? "" : ` (and ${count - 1} images more)`
    return `${firstOf.get(note)}${more}: ${note}`
  })
}

async function importOne(
  { path, full, copyPath }: FileToImport,
  { dpi, ...labels }: Labels,
  options: ImportOptions,
): Promise<{ sample: Sample; source: ResolutionSource; notes: readonly string[] }> {
  const bytes = await readFile(full).catch((cause) => {
    throw new AppError("image/unreadable", `cannot read ${path}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  })
  const { image, bitsPerSample, notes } = await decodeImage(bytes, path)
  const target = options.copy ? join(options.into, copyPath) : full
  if (options.copy) await copyImage(full, target, bytes, options)
  const resolution = resolutionOf(options.dpi, dpi, image.dpi)
  const sample = Sample.parse({
    path: slashes(relative(resolve(options.into), resolve(target))),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...labels,
    widthPx: image.width,
    heightPx: image.height,
    dpi: resolution.dpi,
    bitDepth: Math.min(16, bitsPerSample),
    ...(options.presentation !== undefined && { presentation: options.presentation }),
    ...(options.species !== undefined && { species: options.species }),
  })
  return { sample, source: resolution.source, notes }
}

function resolutionOf(
  asked: Resolution | undefined,
  layout: number | undefined,
  tag: number | undefined,
): { dpi: Resolution; source: ResolutionSource } {
  if (asked !== undefined) return { dpi: asked, source: "asked" }
  if (layout !== undefined) return { dpi: layout, source: "layout" }
  return tag === undefined ? { dpi: "unknown", source: "nobody" } : { dpi: tag, source: "tag" }
}

/** @throws AppError "import/copy" where another file has the place */
async function copyImage(
  full: string,
  target: string,
  bytes: Uint8Array,
  { into, onLoss }: ImportOptions,
): Promise<void> {
  const there = await readFile(target).catch(() => undefined)
  if (there?.equals(bytes)) return
  if (there !== undefined && onLoss !== "replace") {
    throw new AppError("import/copy", `${target} is there already with other content; --replace copies over it`)
  }
  await claimFolder(into)
  await mkdir(dirname(target), { recursive: true })
  await copyFile(full, target, fsConstants.COPYFILE_FICLONE)
}
