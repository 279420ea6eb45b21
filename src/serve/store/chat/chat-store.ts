/** What the relay remembers of the chat: who has which client, which rooms there are, who is in them, and sealed items
 *  until everybody has them. `sql-chat-store.ts` implements it over SQLite and PostgreSQL;
 *  `test/contract/chat-store-contract.ts` holds both to it. Ids are 32 hex digits, `seq` counts a room's items from 1
 *  without gaps, times are ms since 1970. All bytes are opaque here. Rules: docs/protocol.md, Chat. */

export interface ChatClientRow {
  readonly clientId: string
  readonly accountId: string
  /** Ed25519, hex. */
  readonly signatureKey: string
  readonly certificate: Uint8Array
}

/** `removed`: a commit took it out; it may still read up to that commit. The others: docs/protocol.md. */
export type MemberState = "in" | "gone" | "waiting" | "removed"

export interface RoomMember {
  readonly clientId: string
  /** Undefined once the account was deleted. */
  readonly accountId: string | undefined
  /** The account's. */
  readonly name: string | undefined
  readonly state: MemberState
  /** It sees items from here on, up to `untilSeq` where that is set; a commit at `fromSeq` reaches it as its
   *  welcome. */
  readonly fromSeq: number
  readonly untilSeq: number | undefined
  readonly acked: number
}

export interface StoredItem {
  readonly seq: number
  readonly kind: "commit" | "message"
  readonly sender: string
  readonly epoch: number
  readonly id: string
  readonly timeMs: number
  readonly bytes: Uint8Array
  /** Of a commit that adds somebody. */
  readonly welcome: Uint8Array | undefined
}

/** `version` moves with every change of the members. */
export interface RoomHead {
  readonly roomId: string
  readonly head: number
  readonly version: number
}

export interface RoomSummary extends RoomHead {
  readonly kind: "room" | "direct"
  readonly epoch: number
  /** Without those that were removed. */
  readonly members: readonly (RoomMember & { readonly online: boolean; readonly certificate: Uint8Array })[]
}

interface Operation {
  readonly roomId: string
  readonly clientId: string
}
export type RoomOperation =
  | (Operation & {
      readonly op: "post"
      readonly epoch: number
      readonly id: string
      readonly bytes: Uint8Array
    })
  | (Operation & {
      readonly op: "commit"
      readonly epoch: number
      readonly id: string
      readonly commit: Uint8Array
      readonly welcome: Uint8Array
      readonly added: readonly string[]
      readonly removed: readonly string[]
    })
  | (Operation & { readonly op: "ack"; readonly seq: number })
  | (Operation & { readonly op: "leave" })
  | (Operation & { readonly op: "rejoin" })

export type RoomOutcome =
  /** `item` is absent when the id had been taken before. */
  | { readonly is: "accepted"; readonly seq: number; readonly item: StoredItem | undefined }
  | { readonly is: "stale"; readonly epoch: number }
  /** Items above `before` up to `seq` are newly acknowledged; none when they are equal. */
  | { readonly is: "acked"; readonly before: number; readonly seq: number }
  | { readonly is: "done" }
  /** `room`: unknown, or not the caller's; `client`: a commit names somebody who cannot be added or removed; `full`. */
  | { readonly is: "refused"; readonly why: "room" | "client" | "full" }

export interface ChatQuotas {
  readonly clientsPerAccount: number
  readonly roomsPerAccount: number
  readonly membersPerRoom: number
  /** Of items that wait for somebody, a room. */
  readonly waitingBytesPerRoom: number
  /** The same of what one account has sent, over all rooms. */
  readonly waitingBytesPerAccount: number
  /** With less free on the disk of a SQLite store, nothing new waits. */
  readonly minimumFreeBytes: number
  readonly keyPackagesPerClient: number
}

/** What one server tells the others. Rooms: look at them again. Text: as `announce` was given it. */
export interface ChatNotice {
  /** Of the server that says so. */
  readonly from: string
  readonly rooms: readonly string[]
  /** Clients that were added to one of the rooms. */
  readonly added: readonly string[]
  readonly texts: readonly string[]
}

export interface ClaimedPackage {
  readonly clientId: string
  readonly certificate: Uint8Array
  readonly keyPackage: Uint8Array
  /** One-time packages that the client has left. */
  readonly left: number
}

export interface ChatStore {
  /** Makes the client or renews its certificate. A new client waits in every room where another of its account is.
   *  "client": of another account, with another key, or dropped; "full": too many clients. */
  registerClient(client: ChatClientRow, nowMs: number): Promise<{ readonly packagesLeft: number } | "client" | "full">
  /** The client leaves all rooms and may never register again; false when it is not a client of that account. */
  dropClient(accountId: string, clientId: string, nowMs: number): Promise<boolean>
  clientsOf(nameKey: string): Promise<Uint8Array[] | undefined>
  /** Up to `limit` names of accounts whose key begins with `prefix`, in order; disabled ones are left out. */
  namesFrom(prefix: string, limit: number): Promise<string[]>

  /** Adds one-time packages up to the quota, replaces the last resort where one is given. @returns how many are left */
  putKeyPackages(clientId: string, packages: readonly Uint8Array[], lastResort: Uint8Array | undefined): Promise<number>
  /** One package of each client of the account (of each of `clientIds` where given), a one-time one only once.
   *  Undefined: no such account. */
  claimKeyPackages(nameKey: string, clientIds: readonly string[]): Promise<ClaimedPackage[] | undefined>

  createRoom(
    room: { readonly roomId: string; readonly kind: "room" | "direct"; readonly clientId: string },
    nowMs: number,
  ): Promise<"created" | "known" | "room" | "full">
  /** All of them in one transaction, in this order; one outcome each. */
  apply(operations: readonly RoomOperation[], nowMs: number): Promise<RoomOutcome[]>

  /** Items above `after` that the client may see, while their bytes come to less than `maxBytes` (at least one). */
  itemsFor(
    roomId: string,
    clientId: string,
    after: number,
    limit: number,
    maxBytes: number,
  ): Promise<{ readonly head: number; readonly fromSeq: number; readonly items: StoredItem[] } | undefined>
  /** For delivery, whoever it is for. */
  itemsAfter(roomId: string, after: number, limit: number): Promise<StoredItem[]>
  /** Everyone, the removed ones included; undefined when there is no such room. */
  roomState(roomId: string): Promise<(RoomHead & { readonly members: readonly RoomMember[] }) | undefined>
  /** Heads of the rooms in which any of these clients is or waits. */
  headsOf(clientIds: readonly string[]): Promise<RoomHead[]>
  /** Rooms of the client with ids above `after`, in order. */
  roomsOf(clientId: string, after: string, limit: number, nowMs: number): Promise<RoomSummary[]>

  /** This server begins: what an earlier server of an embedded database said is void. */
  beginOnline(): Promise<void>
  /** Whether the account was online by another client or server. */
  setOnline(clientId: string, accountId: string, untilMs: number, nowMs: number): Promise<boolean>
  /** Whether the account still is. */
  clearOnline(clientId: string, accountId: string, nowMs: number): Promise<boolean>
  /** All that this server said is online stays so. */
  prolongOnline(untilMs: number): Promise<void>
  /** Accounts whose last entry has expired, of servers that are gone; each is told to one caller. */
  takeExpired(nowMs: number): Promise<string[]>

  /** Tells the other servers on this store. */
  announce(texts: readonly string[]): Promise<void>
  /** Calls back for what other servers do. `onGap`: notices may have been missed, look at everything again.
   *  @returns how to stop */
  listen(onNotice: (notice: ChatNotice) => void, onGap: () => void): () => Promise<void>

  /** Forgets items older than `keepMs` that somebody never fetched, and what nobody can read. */
  prune(nowMs: number, keepMs: number): Promise<void>
  counts(): Promise<{ readonly rooms: number; readonly clients: number; readonly items: number }>
}
