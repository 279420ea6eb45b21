import type { Selectable } from "kysely"
import type { ChatTables } from "../sql/chat-tables.js"
import { toBytes } from "../sql/database.js"
import type { MemberState, RoomMember, StoredItem } from "./chat-store.js"

/** Numbers in the tables. */
export const StateCode = { in: 1, gone: 2, waiting: 3, removed: 4 } as const
export const ItemCode = { commit: 1, message: 3 } as const
export const RoomKindCode = { room: 1, direct: 2 } as const

const wordOf = <Word extends string>(codes: Readonly<Record<Word, number>>, code: number): Word => {
  const word = (Object.keys(codes) as Word[]).find((candidate) => codes[candidate] === code)
  if (word === undefined) throw new TypeError(`the table has a code ${code} that this version does not know`)
  return word
}
const stateOf = (code: number): MemberState => wordOf(StateCode, code)
export const roomKindOf = (code: number): "room" | "direct" => wordOf(RoomKindCode, code)

const maybeBytes = (value: Uint8Array | null): Uint8Array | undefined => (value === null ? undefined : toBytes(value))

/** Undefined for an item that has expired. */
export function itemOf(row: Selectable<ChatTables["chat_items"]>): StoredItem | undefined {
  const bytes = maybeBytes(row.bytes)
  if (bytes === undefined) return undefined
  return {
    seq: row.seq,
    kind: wordOf(ItemCode, row.kind),
    sender: row.sender,
    epoch: row.epoch,
    id: row.id,
    timeMs: row.time_ms,
    bytes,
    welcome: maybeBytes(row.welcome),
  }
}

type MemberRow = Selectable<ChatTables["chat_members"]> & {
  readonly account_id: string | null
  readonly name: string | null
}
export const memberOf = (row: MemberRow): RoomMember => ({
  clientId: row.client_id,
  accountId: row.account_id ?? undefined,
  name: row.name ?? undefined,
  state: stateOf(row.state),
  fromSeq: row.from_seq,
  untilSeq: row.until_seq ?? undefined,
  acked: row.acked,
})
