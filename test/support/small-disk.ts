import { execFileSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A real file system of this size ("400k") in memory. Throws where this user may not mount one. */
export function mountSmallDisk(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" })
  return folder
}

export const unmount = (folder: string): void => void execFileSync("umount", ["-l", folder])

/** For `test(name, { skip: withoutSmallDisk() }, …)`: false, or the reason to print. */
export function withoutSmallDisk(): false | string {
  try {
    unmount(mountSmallDisk("64k"))
    return false
  } catch {
    return "this user may not mount a small disk"
  }
}
