import { type FileHandle, open } from "node:fs/promises"
import { basename } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { FileSource } from "@sourceprint/protocol/files/file-ports.js"

/** A file of the disk as something to send. */
export class NodeFileSource implements FileSource {
  private buffer = new Uint8Array(0)

  private constructor(
    private readonly handle: FileHandle,
    readonly name: string,
    readonly type: string,
    readonly sizeBytes: number,
    readonly lastModifiedMs: number,
  ) {}

  /** @throws AppError "files/source" when it cannot be read or is not a plain file */
  static async open(path: string, type = ""): Promise<NodeFileSource> {
    let handle: FileHandle | undefined
    try {
      handle = await open(path, "r")
      const stat = await handle.stat()
      if (!stat.isFile()) throw new Error("it is not a plain file")
      return new NodeFileSource(handle, basename(path), type, stat.size, Math.floor(stat.mtimeMs))
    } catch (cause) {
      await handle?.close()
      throw new AppError("files/source", `cannot send ${path}: ${messageOf(cause)}`, { cause })
    }
  }

  async read(offset: number, sizeBytes: number): Promise<Uint8Array> {
    if (this.buffer.length < sizeBytes) this.buffer = new Uint8Array(sizeBytes)
    for (let filled = 0; filled < sizeBytes; ) {
      const { bytesRead } = await this.handle.read(this.buffer, filled, sizeBytes - filled, offset + filled)
      if (bytesRead === 0) throw this.changed()
      filled += bytesRead
    }
    if (offset + sizeBytes >= this.sizeBytes) {
      const { size, mtimeMs } = await this.handle.stat()
      if (size !== this.sizeBytes || Math.floor(mtimeMs) !== this.lastModifiedMs) throw this.changed()
    }
    return this.buffer.subarray(0, sizeBytes)
  }

  private changed(): AppError {
    return new AppError("files/changed", `${this.name} changed while it was being sent; send it again`)
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}
