import { statfs } from "node:fs/promises"
import { dirname } from "node:path"

/** Bytes that this process may still write on the disk of `file`. */
export async function freeBytesBeside(file: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(file))
  return bavail * bsize
}
