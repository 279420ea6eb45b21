import { mkdir, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { AppError, messageOf } from "../errors.js"
import { systemCode, systemFault } from "./system-fault.js"

/** The first error that making `path` and the folders above it meets. Node's own recursive call says ENOENT for any
 *  cause that it does not expect, such as a disk that is read-only or full. */
async function makeMissing(path: string): Promise<void> {
  const above = dirname(path)
  if (above !== path && (await stat(above).catch(() => undefined)) === undefined) await makeMissing(above)
  await mkdir(path).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error
  })
}

/** Makes a folder and those above it; one that is there stays.
 *  @throws AppError "file/disk-full" when space or inodes are used up, "file/write" for any other cause */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true }).catch((error: unknown) => {
      if (systemCode(error) !== "ENOENT") throw error
      return makeMissing(path)
    })
  } catch (cause) {
    throw writeFault(path, cause, "was not made")
  }
}

/** A system's refusal to write at `path`. @param what "was not written" */
export function writeFault(path: string, cause: unknown, what: string): AppError {
  const full = systemCode(cause) === "ENOSPC"
  const code = full ? "file/disk-full" : "file/write"
  return new AppError(code, `${path} ${what}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
}
