import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { deserialize, serialize } from "node:v8"
import { temporaryBeside } from "@sourceprint/core/files/temporary-beside.js"

/** Parts of a fit that several jobs of a run have in common. */
export interface SharedFits {
  /** What `make` gives, made once for each key: plain objects, maps and typed arrays. */
  once<T>(key: string, make: () => T): T
}

/** For a fit that has nobody to share with. */
export const fitAlone: SharedFits = { once: (_key, make) => make() }

/** Kept as files in a folder. Jobs that make the same part at once both succeed: its content is the same. */
export function sharedFits(folder: string): SharedFits {
  return {
    once<T>(key: string, make: () => T): T {
      const path = join(folder, `shared-${key}.bin`)
      const kept = readIfThere(path)
      if (kept !== undefined) return deserialize(kept) as T
      const made = make()
      const temporary = temporaryBeside(path)
      mkdirSync(folder, { recursive: true })
      writeFileSync(temporary, serialize(made))
      renameSync(temporary, path)
      return made
    },
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}
