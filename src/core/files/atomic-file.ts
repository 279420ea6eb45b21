import { open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { makeFolder, writeFault } from "./make-folder.js"
import { temporaryBeside } from "./temporary-beside.js"

/** Writes the whole file or nothing: a temporary file beside it, fsync, rename, fsync of the folder. Creates the
 *  folders above. A crash at any point leaves the old content or the new, never a mixture.
 *  @throws AppError "file/disk-full" when the disk is full, "file/write" for anything else the system refuses */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path)
  const temporary = temporaryBeside(path)
  await makeFolder(folder)
  try {
    const file = await open(temporary, "wx")
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {}) // the first error is the one to report
    throw writeFault(path, cause, "was not written")
  }
}

/** Makes a rename in `folder` survive a power cut. Windows cannot open folders; its rename is durable enough. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
