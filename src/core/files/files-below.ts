import { readdir, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import { messageOf } from "../errors.js"
import { systemCode, systemFault } from "./system-fault.js"

/** What a walk through a folder found, and what it could not look into. */
export interface FilesBelow {
  /** Paths below the folder, parts joined by "/", sorted. */
  readonly files: readonly string[]
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[]
}

/** Folders that an operating system keeps on a disk. What lies in them is nobody's data. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(["lost+found", "System Volume Information", "$RECYCLE.BIN"])

/** Names with a dot at the start: .DS_Store, the "._" files of macOS, .git, half-written files. */
export const isHidden = (name: string): boolean => name.startsWith(".")

/** Every file below `folder`; symbolic links are followed, but not back to a folder that they lie in. What cannot be
 *  read, a link to nothing and what is neither file nor folder (a pipe would block its reader) are listed with the
 *  reason, and the walk goes on.
 *  @param hidden also files and folders whose names start with a dot
 *  @throws the system's error where `folder` itself cannot be read */
export async function filesBelow(folder: string, { hidden = false } = {}): Promise<FilesBelow> {
  const files: string[] = []
  const unreadable: { path: string; reason: string }[] = []
  const walk = async (path: string, names: readonly string[], above: readonly string[]): Promise<void> => {
    for (const name of names) {
      if (SYSTEM_FOLDERS.has(name) || (!hidden && isHidden(name))) continue
      const inner = path === "" ? name : `${path}/${name}`
      const full = join(folder, inner)
      try {
        const found = await stat(full)
        if (found.isFile()) files.push(inner)
        else if (!found.isDirectory()) unreadable.push({ path: inner, reason: "it is neither a file nor a folder" })
        else {
          const real = await realpath(full)
          if (above.includes(real)) unreadable.push({ path: inner, reason: "a link back to a folder that it lies in" })
          else await walk(inner, await readdir(full), [...above, real])
        }
      } catch (error) {
        unreadable.push({ path: inner, reason: reasonOf(error) })
      }
    }
  }
  await walk("", await readdir(folder), [await realpath(folder)])
  return { files: files.sort(), unreadable: unreadable.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

const reasonOf = (error: unknown): string =>
  systemCode(error) === "ENOENT" ? "a link to nothing" : (systemFault(error) ?? messageOf(error))
