import { AppError } from "@sourceprint/core/errors.js"
import type { FileSink } from "@sourceprint/protocol/files/file-ports.js"

/** The largest file that is kept in memory where the browser has no private file system. */
export const MAX_BLOB_BYTES = 64 * 1024 * 1024

/** FileSink in memory, for small files in browsers without a private file system. */
export class BlobSink implements FileSink {
  private whole = new Blob([])
  private parts: Uint8Array<ArrayBuffer>[] = []
  private sizeBytes = 0
  private committed = false

  /** @throws AppError "files/browser-space" for what does not fit */
  constructor(sizeBytes: number) {
    if (sizeBytes > MAX_BLOB_BYTES) {
      throw new AppError(
        "files/browser-space",
        "this browser keeps no large files in this window; leave private browsing, or use another browser",
      )
    }
  }

  /** Undefined until `commit`. */
  get file(): Blob | undefined {
    return this.committed ? this.blob() : undefined
  }

  private blob(): Blob {
    this.whole = new Blob([this.whole, ...this.parts])
    this.parts = []
    return this.whole
  }

  size = (): Promise<number> => Promise.resolve(this.sizeBytes)

  async read(offset: number, sizeBytes: number): Promise<Uint8Array> {
    return new Uint8Array(
      await this.blob()
        .slice(offset, offset + sizeBytes)
        .arrayBuffer(),
    )
  }

  truncate(sizeBytes: number): Promise<void> {
    this.whole = this.blob().slice(0, sizeBytes)
    this.sizeBytes = sizeBytes
    return Promise.resolve()
  }

  append(bytes: Uint8Array): Promise<void> {
    this.parts.push(new Uint8Array(bytes))
    this.sizeBytes += bytes.length
    return Promise.resolve()
  }

  commit(): Promise<void> {
    this.committed = true
    return Promise.resolve()
  }

  discard(): Promise<void> {
    this.whole = new Blob([])
    this.parts = []
    this.sizeBytes = 0
    return Promise.resolve()
  }

  close = (): Promise<void> => Promise.resolve()
}
