/** What is being sent. A read of a source that is no longer what it was throws AppError "files/changed". */
export interface FileSource {
  /** As its owner calls it. */
  readonly name: string
  /** MIME type, "" when unknown. */
  readonly type: string
  readonly sizeBytes: number
  /** ms since 1970: with name and size, what a resumed upload recognises the file by. */
  readonly lastModifiedMs: number
  /** Exactly `sizeBytes` bytes from `offset`. The buffer may be used again at the next read. */
  read(offset: number, sizeBytes: number): Promise<Uint8Array>
}

/** Where a received file grows. What was written stays there through `close` and a restarted program until `commit` or
 *  `discard`. */
export interface FileSink {
  /** Bytes that are there from an earlier attempt or this one. */
  size(): Promise<number>
  read(offset: number, sizeBytes: number): Promise<Uint8Array>
  /** Keeps the first `sizeBytes` bytes. */
  truncate(sizeBytes: number): Promise<void>
  /** The bytes are the sink's from now on. */
  append(bytes: Uint8Array): Promise<void>
  /** The file is whole and verified: only now does it get its name. */
  commit(): Promise<void>
  discard(): Promise<void>
  /** Ends this attempt and keeps what is there. May follow any of the others. */
  close(): Promise<void>
}

/** Requests on channel 2, repeated over new connections as often as it takes. */
export interface FileLink {
  /** @throws AppError "application/refused/<code>", "files/unreachable", "files/stopped" */
  request(body: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
}

export interface TransferOptions {
  /** Stops the transfer with AppError "files/stopped"; it can be taken up again. */
  readonly signal?: AbortSignal | undefined
  /** Bytes of plaintext that are done, verified or stored, out of the file's size; called at least at both ends. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined
}
