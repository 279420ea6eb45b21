import { createHash } from "node:crypto"
import { copyFile, constants as fsConstants, mkdir, readFile } from "node:fs/promises"
import { dirname, join, relative, resolve, sep } from "node:path"
import { AppError, messageOf } from "../../errors.js"
import { writeFileAtomic } from "../../files/atomic-file.js"
import { filesBelow } from "../../files/files-below.js"
import { systemFault } from "../../files/system-fault.js"
import { decodeImage } from "../../image/read-image.js"
import type { Resolution } from "../../image/resolution.js"
import { noProgress, type Progress } from "../../progress.js"
import { countBy } from "../count-by.js"
import { datasetCard } from "../dataset-card.js"
import { formatManifest, MANIFEST_NAME } from "../manifest.js"
import type { Sample } from "../sample.js"
import { fvcLayout } from "./fvc-layout.js"
import { type Labels, type Layout, patternLayout } from "./layout.js"
import { systemALayout } from "./system-a-layout.js"

/** From where, into what, and by which layout. */
export interface ImportOptions {
  /** The folder with the images. */
  readonly from: string
  /** Names of folders in `from`: the others are not looked at. */
  readonly only?: readonly string[]
  /** The dataset's own folder, `data/<name>`. */
  readonly into: string
  /** "fvc", "system-a", or a pattern with {scanner}. */
  readonly layout: string
  /** Of all images, whatever files and layout say. Absent: by the layout, else by a tag that can be believed, else
   *  "unknown". */
  readonly dpi?: Resolution | undefined
  /** Copy the files into the dataset instead of referring to them where they are. */
  readonly copy?: boolean
}

/** Who said what the resolution is. */
export type ResolutionSource = "asked" | "layout" | "tag" | "nobody"

export interface Refused {
  readonly path: string
  readonly reason: string
}

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
  /** False when the manifest on disk was the same already. */
  readonly changed: boolean
}

const layouts: Readonly<Record<string, Layout>> = { fvc: fvcLayout, "system-a": systemALayout }

const slashes = (path: string): string => path.split(sep).join("/")

/** Imports a folder of images: reads and hashes each, writes `manifest.csv` and, where there is none, `card.md`. Images
 *  are never altered; importing the same again changes nothing. What cannot be read is listed and the rest continues.
 *  @throws AppError "import/pattern", "import/folder", "import/nothing" */
export async function importDataset(options: ImportOptions, progress: Progress = noProgress): Promise<ImportResult> {
  const layout = layouts[options.layout] ?? patternLayout(options.layout)
  const root = resolve(options.from)
  const prefix = slashes(root).split("/").slice(-2).join("/")
  const below = await filesBelow(root).catch((cause) => {
    const reason = systemFault(cause) ?? messageOf(cause)
    throw new AppError("import/folder", `cannot read the folder ${root}: ${reason}`, { cause })
  })
  const isWanted = (path: string): boolean =>
    options.only?.some((folder) => path === folder || path.startsWith(`${folder}/`)) ?? true
  const found = below.files.filter(isWanted)
  const samples: Sample[] = []
  const refused: Refused[] = below.unreadable
    .filter(({ path }) => isWanted(path))
    .map(({ path, reason }) => ({ path, reason: `${path}: ${reason}` }))
  const ignored: string[] = []
  const notes: { path: string; note: string }[] = []
  const sources: ResolutionSource[] = []
  progress.start(found.length, "files")
  for (const [index, path] of found.entries()) {
    const labels = layout(`${prefix}/${path}`)
    if (labels === undefined) {
      ignored.push(path)
    } else {
      try {
        const one = await importOne(path, root, labels, options)
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
  if (samples.length === 0) {
    throw new AppError(
      "import/nothing",
      `no image below ${options.from} fits the layout "${options.layout}": ${found.length} files seen` +
        `${ignored[0] === undefined ? "" : `, such as ${ignored[0]}`}, ` +
        `${refused.length} unreadable${refused[0] === undefined ? "" : ` (first: ${refused[0].reason})`}`,
    )
  }
  const manifest = formatManifest(samples)
  const manifestPath = join(options.into, MANIFEST_NAME)
  const changed = (await readFile(manifestPath, "utf8").catch(() => undefined)) !== manifest
  if (changed) await writeFileAtomic(manifestPath, manifest)
  const cardPath = join(options.into, "card.md")
  if ((await readFile(cardPath, "utf8").catch(() => undefined)) === undefined) {
    await writeFileAtomic(cardPath, datasetCard(samples, { name: options.into, layout: options.layout }))
  }
  return { samples, refused, ignored, notes, resolutionSources: countBy(sources, (source) => source), changed }
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
  path: string,
  root: string,
  { dpi, ...labels }: Labels,
  options: ImportOptions,
): Promise<{ sample: Sample; source: ResolutionSource; notes: readonly string[] }> {
  const source = join(root, path)
  const bytes = await readFile(source).catch((cause) => {
    throw new AppError("image/unreadable", `cannot read ${path}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  })
  const { image, bitsPerSample, notes } = await decodeImage(bytes, path)
  let target = source
  if (options.copy) {
    target = join(options.into, path)
    await mkdir(dirname(target), { recursive: true })
    await copyFile(source, target, fsConstants.COPYFILE_FICLONE)
  }
  const resolution = resolutionOf(options.dpi, dpi, image.dpi)
  const sample: Sample = {
    path: slashes(relative(resolve(options.into), resolve(target))),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...labels,
    widthPx: image.width,
    heightPx: image.height,
    dpi: resolution.dpi,
    bitDepth: Math.min(16, bitsPerSample),
  }
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
