import { basename, join, resolve, sep } from "node:path"
import { AppError, messageOf } from "../../errors.js"
import { filesBelow } from "../../files/files-below.js"
import { systemFault } from "../../files/system-fault.js"
import { plainName } from "../names.js"
import { fvcLayout } from "./fvc-layout.js"
import type { ImportOptions, Refused } from "./import-options.js"
import { type Labels, type Layout, patternLayout } from "./layout.js"
import { systemALayout } from "./system-a-layout.js"

/** A file below the imported folders. */
export interface FileToImport {
  /** For people: below its folder, with the folder's name where there are several. */
  readonly path: string
  readonly full: string
  /** Its place in the dataset where images are copied. */
  readonly copyPath: string
  /** undefined: the layout does not know it. */
  readonly labels: Labels | undefined
}

const layouts: Readonly<Record<string, Layout>> = { fvc: fvcLayout, "system-a": systemALayout }

export const slashes = (path: string): string => path.split(sep).join("/")

/** All files of the options' folders with their labels, and what could not be looked into.
 *  @throws AppError "import/pattern", "import/folder", "import/only" */
export async function filesToImport({ from, only, layout: id }: ImportOptions): Promise<{
  readonly files: readonly FileToImport[]
  readonly refused: readonly Refused[]
}> {
  const roots = [...new Set([from].flat().map((folder) => resolve(folder)))]
  const names = roots.map((root) => basename(root))
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new AppError("import/folder", `two folders of --from are called ${twice}: name one folder that holds both`)
  }
  const known = layouts[id]
  const layout = known ?? patternLayout(id)
  const files: FileToImport[] = []
  const refused: Refused[] = []
  const firstParts = new Set<string>()
  for (const root of roots) {
    const below = await filesBelow(root).catch((cause) => {
      const reason = systemFault(cause) ?? messageOf(cause)
      throw new AppError("import/folder", `cannot read the folder ${root}: ${reason}`, { cause })
    })
    // The known layouts look above the folder too (fvc2002/DB1_B); a pattern says what lies below it.
    const above = known === undefined ? "" : `${slashes(root).split("/").slice(-2).join("/")}/`
    const shown = (path: string): string => (roots.length > 1 ? `${basename(root)}/${path}` : path)
    const isWanted = (path: string): boolean => {
      const first = plainName(path.split("/")[0] ?? "")
      firstParts.add(first)
      return only?.some((name) => plainName(name) === first || path.startsWith(`${name}/`)) ?? true
    }
    for (const path of below.files.filter(isWanted)) {
      const labels = layout(`${above}${path}`)
      files.push({ path: shown(path), full: join(root, path), copyPath: shown(path), labels })
    }
    for (const { path, reason } of below.unreadable.filter((entry) => isWanted(entry.path))) {
      refused.push({ path: shown(path), reason: `${shown(path)}: ${reason}` })
    }
  }
  const unknown = only?.find((name) => !firstParts.has(plainName(name.split("/")[0] ?? "")))
  if (unknown !== undefined) {
    const there = [...firstParts].sort().slice(0, 20).join(", ")
    throw new AppError("import/only", `--only ${unknown}: there is no such folder; there are ${there || "none"}`)
  }
  return { files, refused }
}

/** @returns AppError "import/nothing" that says what was seen, and where a pattern's first folder is the one given */
export function nothingFits(
  { from, layout: id }: ImportOptions,
  files: readonly FileToImport[],
  refused: readonly Refused[],
): AppError {
  const folders = [from].flat()
  const parents = layouts[id] === undefined ? folders.filter((folder) => fitsAbove(folder, id, files)) : []
  const cure = parents.length === 0 ? "" : `; the pattern fits below ${resolve(parents[0] ?? "", "..")}: name that`
  const other = files.find(({ labels }) => labels === undefined)
  const such = other === undefined ? "" : `, such as ${other.path}`
  const first = refused[0] === undefined ? "" : ` (first: ${refused[0].reason})`
  return new AppError(
    "import/nothing",
    `no image below ${folders.join(", ")} fits the layout "${id}": ${files.length} files seen${such}, ` +
      `${refused.length} unreadable${first}${cure}`,
  )
}

const fitsAbove = (folder: string, pattern: string, files: readonly FileToImport[]): boolean =>
  files.some(({ path }) => patternLayout(pattern)(`${basename(resolve(folder))}/${path}`) !== undefined)
