import { readdir, readFile } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { interruptionsFolder } from "@sourceprint/train/interruptions.js"
import { launchFolder } from "@sourceprint/train/run-record.js"

/** Files that tell when, where and how long: those may differ between two runs that computed the same. */
const CIRCUMSTANCES = new Set(["environment.json", "done.json", "config.json"])

/** SHA-256 of every file of a finished run that must be the same whatever machine, launcher, number of workers or kill
 *  it went through: path in the run -> 64 hex digits. */
export async function runDigest(runFolder: string): Promise<Map<string, string>> {
  const entries = await readdir(runFolder, { recursive: true, withFileTypes: true })
  const apart = [launchFolder(runFolder), interruptionsFolder(runFolder)].map((folder) => `${folder}${sep}`)
  const paths = entries
    .filter((entry) => entry.isFile() && !CIRCUMSTANCES.has(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !apart.some((folder) => path.startsWith(folder)))
    .sort()
  const digest = new Map<string, string>()
  for (const path of paths) {
    digest.set(relative(runFolder, path).split(sep).join("/"), sha256Hex(await readFile(path)))
  }
  return digest
}

/** Paths whose content differs, or that only one of the two has. */
export const differingFiles = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort()
