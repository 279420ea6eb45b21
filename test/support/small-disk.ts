import { execFileSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A real file system of this size ("400k") in memory, or undefined where this user may not mount one. */
export function mountSmallDisk(size: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"))
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" })
    return folder
  } catch {
    return undefined
  }
}

export const unmount = (folder: string): void => void execFileSync("umount", ["-l", folder])
