import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

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

const quietly = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc")
  for (let turn = 0; turn < 2; turn++) {
    runInNewContext("gc")()
    await new Promise(setImmediate)
  }
}

/** An ext4 file system of its own in a file. At an error the kernel makes it read-only, as when a disk fails; only
 *  unmounting, checking and mounting makes it writable again. Throws where this user may not. */
export function mountFailingDisk(sizeBytes: number) {
  const place = mkdtempSync(join(tmpdir(), "failing-disk-"))
  const [image, folder] = [join(place, "image"), mkdtempSync(join(place, "disk-"))]
  const mount = (): void => void quietly("mount", "-o", "loop,errors=remount-ro", image, folder)
  const remove = (): void => {
    try {
      unmount(folder)
    } finally {
      rmSync(place, { recursive: true })
    }
  }
  writeFileSync(image, "")
  truncateSync(image, sizeBytes)
  quietly("mkfs.ext4", "-q", "-F", image)
  mount()
  return {
    folder,
    /** Every write is refused from now on, of open files too. */
    fail(): void {
      const device = quietly("findmnt", "-n", "-o", "SOURCE", folder).trim()
      writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, "1")
    },
    /** No other process may have a file of it open. */
    async mend(): Promise<void> {
      await collectGarbage() // libsql closes a file of this process no earlier
      quietly("umount", folder)
      try {
        quietly("e2fsck", "-f", "-p", image)
      } catch (error) {
        if ((error as { status?: number }).status !== 1) throw error // 1: errors were corrected
      }
      mount()
    },
    remove,
  }
}

/** As `withoutSmallDisk`. */
export function withoutFailingDisk(): false | string {
  try {
    const disk = mountFailingDisk(2 ** 23)
    try {
      disk.fail()
    } finally {
      disk.remove()
    }
    return false
  } catch {
    return "this user may not mount an ext4 image and make it fail"
  }
}
