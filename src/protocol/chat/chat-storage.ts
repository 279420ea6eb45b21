/** One value under its key. */
export interface StoredEntry {
  readonly key: string
  readonly value: Uint8Array
}

export const put = (key: string, value: Uint8Array): StoredEntry => ({ key, value })

/** Where a chat client keeps its keys, rooms and messages: one account on one device. The storage seals every value
 *  before it reaches the disk; keys are kept as they are, so they are made of ids and numbers
 *  ("message/<hex>/<number>"), never of names or text. Every method throws AppError "chat/storage/lost" once another
 *  holder has taken the storage over, and "chat/storage/damaged" for a value that does not open. */
export interface ChatStorage {
  read(key: string): Promise<Uint8Array | undefined>
  /** The entries whose key begins with `prefix` and comes after `after` (itself not among them; absent: from the
   *  first), in order of their UTF-16 units, at most `limit`. Keys are ASCII. */
  readRange(prefix: string, after: string | undefined, limit: number): Promise<StoredEntry[]>
  /** All of it or nothing, also through a crash; on the disk when it resolves. A key is not both put and deleted.
   *  Batches take effect in the order of the calls. */
  write(puts: readonly StoredEntry[], deletes: readonly string[]): Promise<void>
}
