import { createHash } from "node:crypto"
import { join } from "node:path"
import { stringify } from "csv-stringify/sync"
import { utf8 } from "../bytes.js"
import { defined } from "../defined.js"
import { AppError } from "../errors.js"
import { writeFileAtomic } from "../files/atomic-file.js"
import { manifestRows, manifestText } from "./manifest-table.js"
import { manifestColumns, optionalColumns, Sample } from "./sample.js"

export const MANIFEST_NAME = "manifest.csv"

const numeric = new Set<string>(["impression", "widthPx", "heightPx", "dpi", "bitDepth"])

const isOptional = (key: string): boolean => (optionalColumns as readonly string[]).includes(key)

function typedValue(key: string, value: string): unknown {
  if (key === "dpi" && (value === "" || value === "unknown")) return "unknown"
  return numeric.has(key) && value !== "" ? Number(value) : value
}

/** The rows of a manifest's text. @throws AppError "manifest/row" naming line, column and value */
export function parseManifest(text: string, name: string): Sample[] {
  const rows = manifestRows(text, name)
  const paths = new Set<string>()
  return rows.map((row, index) => {
    const line = index + 2
    const stated = Object.entries(row).filter(([key, value]) => value !== "" || !isOptional(key))
    const typed = Object.fromEntries(stated.map(([key, value]) => [key, typedValue(key, value)]))
    const result = Sample.safeParse(typed)
    if (!result.success) {
      const { path, message } = defined(result.error.issues[0])
      throw new AppError("manifest/row", `${name} line ${line}, column ${path.join(".") || "(header)"}: ${message}`)
    }
    if (paths.has(result.data.path)) {
      throw new AppError("manifest/row", `${name} line ${line} names ${result.data.path} a second time`)
    }
    paths.add(result.data.path)
    return result.data
  })
}

/** CSV text, rows in the given order: the same samples give the same bytes. */
export function formatManifest(samples: readonly Sample[]): string {
  const used = optionalColumns.filter((column) => samples.some((sample) => sample[column] !== undefined))
  return stringify(samples as Sample[], { header: true, columns: [...manifestColumns, ...used] })
}

/** Reads `<folder>/manifest.csv`, rows in the order of the file, as those need them who write the file. Whoever
 *  computes takes `readSamples`. @throws AppError "manifest/missing", "manifest/unreadable" or
 *  "manifest/row" */
export async function readManifest(folder: string): Promise<Sample[]> {
  const path = join(folder, MANIFEST_NAME)
  return parseManifest(await manifestText(path), path)
}

/** The samples of a dataset in canonical order, whatever the order of rows in its manifest. Draws, training and sums
 *  depend on the order, and rows stand in it as the scanners happened to finish.
 *  @throws AppError "manifest/missing" or "manifest/row" */
export const readSamples = async (folder: string): Promise<Sample[]> => inCanonicalOrder(await readManifest(folder))

/** By scanner, person, finger, session and impression, then by whatever else the data hash sees, and last by path: two
 *  datasets with the same hash have the same order. Text is compared by code units, in no locale. */
export function inCanonicalOrder(samples: readonly Sample[]): Sample[] {
  const ranked = samples.map((sample) => {
    const { scanner, subject, finger, session, impression, path } = sample
    return { sample, keys: [scanner, subject, finger, session, impression, hashLine(sample), path] }
  })
  ranked.sort((a, b) => {
    const at = a.keys.findIndex((key, i) => key !== b.keys[i])
    return at < 0 ? 0 : defined(a.keys[at]) < defined(b.keys[at]) ? -1 : 1
  })
  return ranked.map(({ sample }) => sample)
}

/** Writes manifest.csv as a whole: a reader sees the old file or the new one. */
export const writeManifest = (folder: string, samples: readonly Sample[]): Promise<void> =>
  writeFileAtomic(join(folder, MANIFEST_NAME), formatManifest(samples))

/** Names the data of a run: SHA-256 over content hashes and labels, whatever the order of rows and the place of
 *  files. */
export function datasetHash(samples: readonly Sample[]): string {
  const lines = samples.map(hashLine).sort()
  return createHash("sha256")
    .update(utf8(lines.join("\n")))
    .digest("hex")
}

const hashLine = ({ path: _, ...rest }: Sample): string => JSON.stringify(rest)
