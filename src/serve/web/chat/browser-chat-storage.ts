import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { type ChatStorage, put, type StoredEntry } from "@sourceprint/protocol/chat/chat-storage.js"
import { openValue, sealValue } from "@sourceprint/protocol/chat/sealed-value.js"
import type { Aead } from "@sourceprint/protocol/crypto-provider.js"
import { aeadOf, webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { deleteDB, type IDBPDatabase, openDB } from "idb"
import pLimit from "p-limit"

interface ChatDatabase {
  entries: { key: string; value: Uint8Array }
  /** "aead": the key, which no script can read out. "holder": how often the storage changed hands. */
  guard: { key: string; value: CryptoKey | number }
}

export interface BrowserChatStorage extends ChatStorage {
  /** Resolves when another tab has taken the chat over; from then on every method fails. */
  readonly lost: Promise<void>
  close(): void
  /** Closes and deletes everything, the key first of all. */
  wipe(): Promise<void>
}

/** Name of an account's database and lock: a hash, so that a list of databases is no list of people. */
async function storageName(account: string): Promise<string> {
  return `chat-${toHex((await webCrypto.sha256(utf8(`sourceprint/1 chat storage ${account}`))).subarray(0, 16))}`
}

const lostError = (): AppError => new AppError("chat/storage/lost", "the chat continued in another tab of this browser")

/** Takes the lock until `released` settles. Undefined when another tab has it and `takeOver` is false. */
function hold(
  name: string,
  takeOver: boolean,
  released: Promise<void>,
): Promise<{ readonly stolen: Promise<void> } | undefined> {
  return new Promise((resolve, reject) => {
    let granted = false
    let tellStolen = (): void => {}
    const stolen = new Promise<void>((tell) => {
      tellStolen = tell
    })
    navigator.locks
      .request(name, takeOver ? { steal: true } : { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(undefined)
        granted = true
        resolve({ stolen })
        return released
      })
      .catch((error: unknown) => (granted ? tellStolen() : reject(error)))
  })
}

async function openDatabase(name: string): Promise<IDBPDatabase<ChatDatabase>> {
  try {
    return await openDB<ChatDatabase>(name, 1, {
      upgrade(database) {
        database.createObjectStore("entries")
        database.createObjectStore("guard")
      },
    })
  } catch (cause) {
    throw new AppError(
      "chat/storage/open",
      `this browser does not let the page keep data (${messageOf(cause)}); leave private browsing or allow site data`,
      { cause },
    )
  }
}

class IndexedDbChatStorage implements BrowserChatStorage {
  private readonly inOrder = pLimit(1)
  private ended = false

  constructor(
    private readonly name: string,
    private readonly database: IDBPDatabase<ChatDatabase>,
    private readonly aead: Aead,
    private readonly holder: number,
    private readonly release: () => void,
    readonly lost: Promise<void>,
  ) {
    void lost.then(() => this.close())
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    this.check()
    const sealed = await this.database.get("entries", key)
    return sealed && openValue(this.aead, key, sealed)
  }

  async readRange(prefix: string, after: string | undefined, limit: number): Promise<StoredEntry[]> {
    this.check()
    const begins = after !== undefined && after >= prefix
    const end = `${prefix}\u{10ffff}`
    if (limit < 1 || (begins && after >= end)) return []
    const range = IDBKeyRange.bound(begins ? after : prefix, end, begins)
    const transaction = this.database.transaction("entries")
    const [keys, sealed] = await Promise.all([
      transaction.store.getAllKeys(range, limit),
      transaction.store.getAll(range, limit),
    ])
    return Promise.all(
      keys.map(async (key, index) => {
        const name = String(key)
        return put(name, await openValue(this.aead, name, sealed[index]))
      }),
    )
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

  /** One transaction, which first looks whether this tab still is the holder: a tab that was taken over while its batch
   *  was under way must not undo what the other tab wrote. */
  private async commit(
    puts: readonly { key: string; sealed: Uint8Array }[],
    deletes: readonly string[],
  ): Promise<void> {
    this.check()
    const transaction = this.database.transaction(["entries", "guard"], "readwrite", { durability: "strict" })
    const finished = transaction.done.then(
      () => undefined,
      (cause: unknown) => cause ?? new DOMException("the transaction was aborted", "AbortError"),
    )
    if ((await transaction.objectStore("guard").get("holder")) !== this.holder) {
      transaction.abort()
      await finished
      throw lostError()
    }
    const entries = transaction.objectStore("entries")
    const requests: Promise<unknown>[] = []
    for (const { key, sealed } of puts) requests.push(entries.put(sealed, key))
    for (const key of deletes) requests.push(entries.delete(key))
    const failed = (await Promise.allSettled(requests)).find((result) => result.status === "rejected")
    const cause = (await finished) ?? failed?.reason
    if (cause !== undefined) {
      throw new AppError(
        "chat/storage/write",
        `this browser cannot keep more of the chat (${messageOf(cause)}); free space for it on the device`,
        { cause },
      )
    }
  }

  private check(): void {
    if (this.ended) throw lostError()
  }

  close(): void {
    if (this.ended) return
    this.ended = true
    this.database.close()
    this.release()
  }

  async wipe(): Promise<void> {
    this.check()
    await this.inOrder(() => {}) // all batches before it
    await this.database.clear("guard")
    this.database.close()
    this.ended = true
    await deleteDB(this.name)
    this.release()
  }
}

/** The chat's storage of one account in this browser profile: IndexedDB, every value sealed by AES-256-GCM under a key
 *  that was made here and cannot be read out by any script. One tab at a time holds it.
 *  @param account what tells accounts of this origin apart @param takeOver from a tab that has it now
 *  @returns undefined while another tab has it @throws AppError "chat/storage/open" */
export async function openBrowserChatStorage(
  account: string,
  takeOver = false,
): Promise<BrowserChatStorage | undefined> {
  const name = await storageName(account)
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const held = await hold(name, takeOver, released)
  if (held === undefined) return undefined
  try {
    const database = await openDatabase(name)
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    const transaction = database.transaction("guard", "readwrite", { durability: "strict" })
    const found = await transaction.store.get("aead")
    const key = found instanceof CryptoKey ? found : fresh
    if (key === fresh) await transaction.store.put(fresh, "aead")
    const holder = Number((await transaction.store.get("holder")) ?? 0) + 1
    await transaction.store.put(holder, "holder")
    await transaction.done
    return new IndexedDbChatStorage(name, database, aeadOf(key), holder, release, held.stolen)
  } catch (error) {
    release()
    throw error
  }
}
