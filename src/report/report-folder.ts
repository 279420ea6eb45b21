import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import { z } from "zod"
import { type IndexColumn, type IndexRun, renderRunIndex } from "./run-index.js"
import type { Text } from "./text.js"

/** A folder of rendered reports: `<id>.html`, `entries/<id>.json` (what the index says of it) and `index.html`. All of
 *  it is made from runs and may be deleted. Experiments, benchmarks and trials share one folder and one index. */
export interface IndexEntry {
  readonly run: Omit<IndexRun, "href">
  /** columns of the values in `run`, in the order of a comparison */
  readonly columns: readonly IndexColumn[]
}

const entryFile: z.ZodType<IndexEntry> = z.object({
  run: z.object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    verdict: z.string(),
    createdAt: z.string(),
    flags: z.array(z.string()).exactOptional(),
    values: z.record(
      z.string(),
      z.union([
        z.number(),
        z.string(),
        z.boolean(),
        z.object({ value: z.number(), low: z.number(), high: z.number() }),
      ]),
    ),
  }),
  columns: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      group: z.enum(["result", "setting"]),
      unit: z.string().exactOptional(),
      better: z.enum(["lower", "higher"]).exactOptional(),
      listed: z.boolean().exactOptional(),
      namesData: z.boolean().exactOptional(),
    }),
  ),
})

const pagePath = (folder: string, id: string): string => join(folder, `${id}.html`)
const entryPath = (folder: string, id: string): string => join(folder, "entries", `${id}.json`)

/** Writes a report and its entry; the index shows it after `rebuildIndex`. Without a page (`undefined`) the run is
 *  listed only. @throws AppError "file/…"; RangeError for an id that is no file name */
export async function publishReport(folder: string, entry: IndexEntry, page: string | undefined): Promise<string> {
  const { id } = entry.run
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id) || id === "index")
    throw new RangeError(`"${id}" is no name for a report`)
  if (page !== undefined) await writeFileAtomic(pagePath(folder, id), page)
  await writeFileAtomic(entryPath(folder, id), JSON.stringify(entry))
  return pagePath(folder, id)
}

/** Removes a report and its entry; nothing happens where there is none. */
export async function withdrawReport(folder: string, id: string): Promise<void> {
  await rm(pagePath(folder, id), { force: true })
  await rm(entryPath(folder, id), { force: true })
}

/** Entries of a folder by id, and what is wrong with those that are broken. */
export interface ReportEntries {
  readonly entries: ReadonlyMap<string, IndexEntry>
  /** One text a broken file, which names it and the cure. */
  readonly broken: readonly string[]
}

/** The entries of a folder; one that does not exist has none. */
export async function readEntries(folder: string): Promise<ReportEntries> {
  const names = await readdir(join(folder, "entries")).catch(() => [] as string[])
  const entries = new Map<string, IndexEntry>()
  const broken: string[] = []
  for (const name of names.filter((file) => file.endsWith(".json") && !isHidden(file)).sort()) {
    const refusal = { code: "report/entry", cure: "delete it and render again" }
    try {
      const entry = await readJson(join(folder, "entries", name), entryFile, refusal)
      if (entry !== undefined) entries.set(entry.run.id, entry) // else it was withdrawn meanwhile
    } catch (error) {
      broken.push(messageOf(error))
    }
  }
  return { entries, broken }
}

/** Ids that have a page in the folder. */
export async function renderedReports(folder: string): Promise<Set<string>> {
  const names = await readdir(folder).catch(() => [] as string[])
  return new Set(
    names
      .filter((name) => name.endsWith(".html") && !isHidden(name) && name !== "index.html")
      .map((name) => name.slice(0, -5)),
  )
}

/** Makes index.html from the entries. @returns its path, and what is wrong with entries that it lacks */
export async function rebuildIndex(
  folder: string,
  words: { readonly title: string; readonly lead?: Text } = { title: "Runs" },
): Promise<{ readonly path: string; readonly broken: readonly string[] }> {
  const { entries: byId, broken } = await readEntries(folder)
  const entries = [...byId.values()]
  const pages = await renderedReports(folder)
  const columns = new Map<string, IndexColumn>()
  for (const entry of entries)
    for (const column of entry.columns) if (!columns.has(column.key)) columns.set(column.key, column)
  const runs = entries.map(({ run }) => (pages.has(run.id) ? { ...run, href: `${run.id}.html` } : run))
  const path = join(folder, "index.html")
  await writeFileAtomic(path, renderRunIndex({ ...words, columns: [...columns.values()], runs }))
  return { path, broken }
}
