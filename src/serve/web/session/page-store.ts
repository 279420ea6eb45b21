import { type DBSchema, type IDBPDatabase, openDB } from "idb"

/** A token, sealed under this browser's key: nonce 12 ‖ AES-256-GCM. */
export interface SealedSession {
  readonly name: string
  readonly sealedToken: Uint8Array
  readonly expiresAtMs: number
}

interface PageSchema extends DBSchema {
  /** By host: the Ed25519 identity (32 bytes) that the server showed first. */
  identities: { key: string; value: Uint8Array }
  /** Non-extractable: scripts may use them, nobody reads them. */
  keys: { key: "session"; value: CryptoKey }
  sessions: { key: "kept"; value: SealedSession }
}

let opened: Promise<IDBPDatabase<PageSchema>> | undefined

/** What the pages themselves remember in this browser; the chat has a database of its own. */
export function pageStore(): Promise<IDBPDatabase<PageSchema>> {
  opened ??= openDB<PageSchema>("sourceprint-pages", 1, {
    upgrade(database) {
      database.createObjectStore("identities")
      database.createObjectStore("keys")
      database.createObjectStore("sessions")
    },
    terminated() {
      opened = undefined
    },
  }).catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}
