import { AppError } from "@sourceprint/core/errors.js"
import type { FileSource } from "@sourceprint/protocol/files/file-ports.js"

/** A file that a person chose, as something to send: read by slices, never as a whole. */
export class BlobSource implements FileSource {
  readonly name: string
  readonly type: string
  readonly sizeBytes: number
  readonly lastModifiedMs: number

  constructor(private readonly file: File) {
    this.name = file.name
    this.type = file.type
    this.sizeBytes = file.size
    this.lastModifiedMs = file.lastModified
  }

  async read(offset: number, sizeBytes: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.file.slice(offset, offset + sizeBytes).arrayBuffer())
    } catch (cause) {
      // NotReadableError, NotFoundError: it was changed, moved or deleted since it was chosen.
      throw new AppError("files/changed", `${this.name} cannot be read any more; choose it again`, { cause })
    }
  }
}
