import { type FileHandle, link, mkdir, open, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { toHex } from "@sourceprint/core/bytes.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { syncFolder } from "@sourceprint/core/files/atomic-file.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import type { FileSink } from "@sourceprint/protocol/files/file-ports.js"
import { numberedName, safeFileName } from "@sourceprint/protocol/files/safe-name.js"

/** A received file on its way to the disk: `<name>.<file id>.part` until it is whole and verified, then `<name>`, or
 *  `<name> (2)` where that is taken: nothing is ever overwritten. */
export class NodeFileSink implements FileSink {
  private handle: FileHandle | undefined
  private committed: string | undefined

  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly part: string,
    private sizeBytes: number,
    handle: FileHandle,
  ) {
    this.handle = handle
  }

  /** Creates the folder where it is missing and takes up the part of an earlier attempt.
   *  @throws AppError "files/sink", "file/disk-full" */
  static open(folder: string, file: Pick<FileDescriptor, "fileId" | "name">): Promise<NodeFileSink> {
    const name = safeFileName(file.name)
    const part = join(folder, `${name}.${toHex(file.fileId).slice(0, 8)}.part`)
    return told(part, async () => {
      await mkdir(folder, { recursive: true })
      const handle = await open(part, "a+", 0o600)
      const { size } = await handle.stat()
      return new NodeFileSink(folder, name, part, size, handle)
    })
  }

  /** Where the file lies; undefined until `commit`. */
  get path(): string | undefined {
    return this.committed
  }

  size(): Promise<number> {
    return Promise.resolve(this.sizeBytes)
  }

  read(offset: number, sizeBytes: number): Promise<Uint8Array> {
    return told(this.part, async () => {
      const bytes = new Uint8Array(sizeBytes)
      for (let filled = 0; filled < sizeBytes; ) {
        const { bytesRead } = await this.opened().read(bytes, filled, sizeBytes - filled, offset + filled)
        if (bytesRead === 0) throw new Error("it is shorter than it was")
        filled += bytesRead
      }
      return bytes
    })
  }

  truncate(sizeBytes: number): Promise<void> {
    return told(this.part, async () => {
      await this.opened().truncate(sizeBytes)
      this.sizeBytes = sizeBytes
    })
  }

  append(bytes: Uint8Array): Promise<void> {
    return told(this.part, async () => {
      await this.opened().appendFile(bytes)
      this.sizeBytes += bytes.length
    })
  }

  commit(): Promise<void> {
    return told(this.part, async () => {
      await this.opened().sync()
      await this.close()
      this.committed = await this.named()
      await syncFolder(this.folder)
    })
  }

  /** Gives the part the first free name. A hard link fails where the name is taken; where the file system has none, the
   *  name is taken by an empty file first. */
  private async named(): Promise<string> {
    for (let n = 1; ; n++) {
      const path = join(this.folder, numberedName(this.name, n))
      try {
        await link(this.part, path)
        await rm(this.part)
        return path
      } catch (error) {
        if (codeOf(error) === "EEXIST") continue
        if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error))) throw error
      }
      try {
        await (await open(path, "wx")).close()
      } catch (error) {
        if (codeOf(error) === "EEXIST") continue
        throw error
      }
      await rename(this.part, path)
      return path
    }
  }

  async discard(): Promise<void> {
    await this.close()
    await told(this.part, () => rm(this.part, { force: true }))
  }

  async close(): Promise<void> {
    const { handle } = this
    this.handle = undefined
    await handle?.close()
  }

  private opened(): FileHandle {
    if (this.handle === undefined) throw new TypeError(`${this.part} is closed`)
    return this.handle
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ""

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof AppError) throw cause
    if (codeOf(cause) === "ENOSPC") {
      const cure = "free space and resume the download"
      throw new AppError("file/disk-full", `the disk is full, ${path} is not complete; ${cure}`, { cause })
    }
    throw new AppError("files/sink", `cannot write ${path}: ${messageOf(cause)}`, { cause })
  }
}
