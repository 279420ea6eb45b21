/** Where sealed files lie. One port; `sql-file-store.ts` implements it over SQLite and PostgreSQL,
 *  `open-file-store.ts` runs SQLite on a thread of its own. Ids are hex, times ms since 1970, sizes those of sealed
 *  chunks. The store never sees plaintext, names, types or keys of files. Every method throws AppError "store/full"
 *  when the disk is full; then nothing of the call was done. */
export interface NewFile {
  readonly id: string
  readonly roomId: string
  readonly ownerId: string
  readonly chunks: number
  readonly sealedBytes: number
  readonly createdAtMs: number
  /** When it goes if it is not finished by then. */
  readonly expiresAtMs: number
}

export interface StoredFile extends NewFile {
  readonly finished: boolean
}

/** What an account, and all accounts together, may hold; reserved from the begin of an upload on. */
export interface FileQuota {
  readonly bytesPerAccount: number
  readonly filesPerAccount: number
  readonly totalBytes: number
  /** Left free on the disk for everything else, where the store can tell. */
  readonly minimumFreeBytes: number
}

export interface FileStore {
  /** Reserves the space. "taken": the id names another file; the same file begun twice is "begun" twice. */
  begin(file: NewFile, quota: FileQuota): Promise<"begun" | "taken" | "quota" | "full">
  file(id: string): Promise<StoredFile | undefined>
  /** Indexes of the chunks that are stored, ascending. */
  present(id: string): Promise<number[]>
  /** The first chunk stored at an index stays. False when there is no such file (any more).
   *  @param minimumFreeBytes as in the quota; what was promised its space may take half of it
   *  @throws AppError "store/full" too when others took the space that was reserved */
  put(id: string, index: number, sealed: Uint8Array, minimumFreeBytes?: number): Promise<boolean>
  chunk(id: string, index: number): Promise<Uint8Array | undefined>
  /** Makes a complete upload last until `expiresAtMs`; from then on it survives a power cut. A finished file is
   *  "finished" again, its expiry as before. */
  finish(id: string, expiresAtMs: number): Promise<"finished" | "incomplete" | "unknown">
  /** Gone for every reader at once; `collect` frees the space. False when there is none. */
  remove(id: string): Promise<boolean>
  /** @returns how many */
  removeOwner(ownerId: string): Promise<number>
  /** Every account that holds a file. */
  owners(): Promise<string[]>
  usage(ownerId: string): Promise<{ readonly bytes: number; readonly files: number }>
  /** Of all files, those being collected included. */
  totalBytes(): Promise<number>
  /** Removes what has expired. @returns how many */
  expire(nowMs: number): Promise<number>
  /** One short step of freeing what was removed. False when there is nothing left to free. */
  collect(): Promise<boolean>
  /** Writes something and commits it. */
  probe(nowMs: number): Promise<void>
  close(): Promise<void>
}
