import { concat } from "@sourceprint/core/bytes.js"
import type { FileSink, FileSource } from "@sourceprint/protocol/files/file-ports.js"

export const memorySource = (bytes: Uint8Array, name = "photo.jpg", lastModifiedMs = 7): FileSource => ({
  name,
  type: "image/jpeg",
  sizeBytes: bytes.length,
  lastModifiedMs,
  read: (offset, sizeBytes) => Promise.resolve(bytes.slice(offset, offset + sizeBytes)),
})

/** What a sink holds, and what became of it. */
export class MemorySink implements FileSink {
  bytes: Uint8Array = new Uint8Array(0)
  fate: "open" | "committed" | "discarded" = "open"
  closed = 0
  size = (): Promise<number> => Promise.resolve(this.bytes.length)
  read = (offset: number, sizeBytes: number): Promise<Uint8Array> =>
    Promise.resolve(this.bytes.slice(offset, offset + sizeBytes))
  truncate(sizeBytes: number): Promise<void> {
    this.bytes = this.bytes.slice(0, sizeBytes)
    return Promise.resolve()
  }
  append(bytes: Uint8Array): Promise<void> {
    this.bytes = concat([this.bytes, bytes])
    return Promise.resolve()
  }
  commit(): Promise<void> {
    this.fate = "committed"
    return Promise.resolve()
  }
  discard(): Promise<void> {
    this.bytes = new Uint8Array(0)
    this.fate = "discarded"
    return Promise.resolve()
  }
  close(): Promise<void> {
    this.closed++
    return Promise.resolve()
  }
}
