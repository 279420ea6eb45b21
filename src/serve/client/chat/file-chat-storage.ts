import { randomBytes } from "node:crypto"
import { readFile, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import { type ChatStorage, put, type StoredEntry } from "@sourceprint/protocol/chat/chat-storage.js"
import { openValue, sealValue } from "@sourceprint/protocol/chat/sealed-value.js"
import type { Aead } from "@sourceprint/protocol/crypto-provider.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import Database from "libsql"
import pLimit from "p-limit"
import { toBytes } from "../../store/sql/database.js"

/** ChatStorage in a folder of its own: a SQLite file of sealed values and the key file beside it, both readable by
 *  their user alone. Whoever can read both can read the chat: the key file protects copies of the database, not the
 *  account. */
export interface FileChatStorage extends ChatStorage {
  close(): void
  /** Closes and deletes everything. */
  wipe(): Promise<void>
}

const DATABASE = "chat.db"

interface Row {
  readonly key: string
  readonly value: Uint8Array | ArrayBuffer
}

/** The folder's key, made on the first use. @throws AppError "chat/storage/key" also where it is gone and a chat that
 *  it sealed is not: a new key could not open it, and everything said under it would hide the loss */
async function folderKey(folder: string): Promise<Uint8Array> {
  const path = join(folder, "chat.key")
  const database = join(folder, DATABASE)
  let text: string
  try {
    text = await readFile(path, "utf8")
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new AppError("chat/storage/key", `cannot read ${path}: ${systemFault(cause) ?? messageOf(cause)}`, {
        cause,
      })
    }
    if ((await stat(database).catch(() => undefined)) !== undefined) {
      throw new AppError(
        "chat/storage/key",
        `${path} is missing, and ${database} cannot be read without it: put the key back from a copy; ` +
          `without one this device's chat is lost: move ${folder} away, and this device starts anew`,
        { cause },
      )
    }
    const key = randomBytes(32)
    await writeFileAtomic(path, `${toHex(key)}\n`)
    return key
  }
  if (!/^[0-9a-f]{64}\n?$/.test(text)) {
    throw new AppError("chat/storage/key", `${path} is damaged; put it back from a copy: without it the chat is lost`)
  }
  return fromHex(text.trim())
}

/** Holds the folder for this process until it ends, however it ends: an open exclusive transaction on a file of its
 *  own, since libsql gives the locks of a closed database back only with its last statement. */
function lockFolder(folder: string): Database.Database {
  const lock = new Database(join(folder, "chat.lock"))
  try {
    lock.pragma("busy_timeout=0")
    lock.exec("begin exclusive")
    return lock
  } catch (cause) {
    lock.close()
    throw new AppError(
      "chat/storage/held",
      "the chat of this account is open in another program on this device; close that one first",
      { cause },
    )
  }
}

function openEntries(path: string): Database.Database {
  const database = new Database(path)
  try {
    for (const pragma of ["journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"]) {
      database.pragma(pragma)
    }
    database.exec("create table if not exists entries (key text primary key, value blob not null) without rowid")
    return database
  } catch (cause) {
    database.close()
    throw new AppError("chat/storage/open", `cannot open ${path}: ${messageOf(cause)}`, { cause })
  }
}

class SqliteChatStorage implements FileChatStorage {
  private readonly inOrder = pLimit(1)
  private closed = false

  constructor(
    private readonly folder: string,
    private readonly lock: Database.Database,
    private readonly database: Database.Database,
    private readonly aead: Aead,
  ) {}

  private get open(): Database.Database {
    if (this.closed) throw new AppError("chat/storage/lost", "the chat's storage on this device was closed")
    return this.database
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const row = this.open.prepare("select value from entries where key = ?").get(key) as Row | undefined
    return row && (await openValue(this.aead, key, toBytes(row.value)))
  }

  async readRange(prefix: string, after: string | undefined, limit: number): Promise<StoredEntry[]> {
    const rows = this.open
      .prepare("select key, value from entries where key >= ? and key < ? and key > ? order by key limit ?")
      .all(prefix, `${prefix}\u{10ffff}`, after ?? "", limit) as Row[]
    const opened = rows.map(async ({ key, value }) => put(key, await openValue(this.aead, key, toBytes(value))))
    return await Promise.all(opened)
  }

  write(puts: readonly StoredEntry[], deletes: readonly string[]): Promise<void> {
    const sealing = Promise.all(
      puts.map(async ({ key, value }) => ({
        key,
        sealed: await sealValue(this.aead, webCrypto.randomBytes, key, value),
      })),
    )
    return this.inOrder(async () => this.commit(await sealing, deletes))
  }

  private commit(puts: readonly { key: string; sealed: Uint8Array }[], deletes: readonly string[]): void {
    const database = this.open
    const insert = database.prepare(
      "insert into entries values (?, ?) on conflict (key) do update set value = excluded.value",
    )
    const remove = database.prepare("delete from entries where key = ?")
    database.exec("begin immediate")
    try {
      for (const { key, sealed } of puts) insert.run(key, Buffer.from(sealed))
      for (const key of deletes) remove.run(key)
      database.exec("commit")
    } catch (cause) {
      database.exec("rollback")
      throw new AppError(
        "chat/storage/write",
        `the chat cannot be written to ${this.folder}: ${messageOf(cause)}; free space on the disk`,
        { cause },
      )
    }
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.database.close()
    this.lock.exec("rollback")
    this.lock.close()
  }

  async wipe(): Promise<void> {
    await this.inOrder(() => {}) // all batches before it
    this.close()
    for (const name of [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`, "chat.key", "chat.lock"]) {
      await rm(join(this.folder, name), { force: true })
    }
  }
}

/** @param folder of this account and server alone; made, mode 0700, where it is missing
 *  @throws AppError "chat/storage/held" while another program has it, "chat/storage/open", "chat/storage/key" */
export async function openFileChatStorage(folder: string): Promise<FileChatStorage> {
  const before = process.umask(0o077)
  try {
    await makeFolder(folder)
    const lock = lockFolder(folder)
    try {
      const aead = await webCrypto.aead(await folderKey(folder))
      return new SqliteChatStorage(folder, lock, openEntries(join(folder, DATABASE)), aead)
    } catch (error) {
      lock.exec("rollback")
      lock.close()
      throw error
    }
  } finally {
    process.umask(before)
  }
}
