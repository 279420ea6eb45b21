export type StoragePut = readonly [key: string, value: Uint8Array]

/** Where a chat client keeps its keys, rooms and messages: one account on one device. The storage seals every value before
 *  it reaches the disk; keys are kept as they are, so they are made of ids and numbers ("message/<hex>/<number>"), never of
 *  names or text: ASCII, at most 128 characters, ordered by code unit. No value passes 1 MiB; what grows lies under a key
 *  for each item. Every method throws AppError "chat/storage/lost" once another holder has taken the storage over or it was
 *  closed, and "chat/storage/damaged" for a value that does not open. */
export interface ChatStorage {
  read(key: string): Promise<Uint8Array | undefined>
  /** The entries whose key begins with `prefix` and is above `after` (if given), ascending, at most `limit`. */
  readRange(prefix: string, after: string | undefined, limit: number): Promise<readonly StoragePut[]>
  /** All of it or nothing, even if the machine stops half-way; durable when it resolves. A key is not both put and deleted.
   *  Batches take effect in the order of the calls. */
  write(puts: readonly StoragePut[], deletes: readonly string[]): Promise<void>
}
