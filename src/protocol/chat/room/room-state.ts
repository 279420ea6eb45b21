import { type ChatStorage, put, type StoredEntry } from "../chat-storage.js"
import type { MlsContext } from "../mls/mls-context.js"
import { MlsGroup } from "../mls/mls-group.js"
import {
  chatKey,
  type PendingCommit,
  pendingCommit,
  type RoomRecord,
  type RoomTask,
  roomRecord,
  roomTask,
} from "./room-record.js"

export interface OrderedTask {
  readonly order: number
  readonly task: RoomTask
}

/** Everything that this device knows of a room, but for its history. A value: it changes only with the write that
 *  stores the change. */
export interface RoomState {
  readonly record: RoomRecord
  /** Only while the status is active. */
  readonly group: MlsGroup | undefined
  readonly pending: PendingCommit | undefined
  readonly tasks: readonly OrderedTask[]
}

/** A room that this device has been let into and has read nothing of. */
export const joiningState = (roomId: string, kind: RoomRecord["kind"]): RoomState => ({
  record: {
    roomId,
    kind,
    name: "",
    status: "joining",
    cursor: 0,
    firstSeq: 0,
    readSeq: 0,
    unread: 0,
    nextOrder: 1,
  },
  group: undefined,
  pending: undefined,
  tasks: [],
})

/** Adds tasks after those that are there. */
export function withTasks(state: RoomState, tasks: readonly RoomTask[]): RoomState {
  const { nextOrder } = state.record
  const added = tasks.map((task, k) => ({ order: nextOrder + k, task }))
  const record = { ...state.record, nextOrder: nextOrder + tasks.length }
  return { ...state, record, tasks: [...state.tasks, ...added] }
}

/** Without the tasks of these orders. */
export const withoutTasks = (state: RoomState, orders: readonly number[]): RoomState => ({
  ...state,
  tasks: state.tasks.filter(({ order }) => !orders.includes(order)),
})

/** The room has no group any more; its history stays. Tasks stay where the room may come back. */
export const withoutGroup = (state: RoomState, status: "lost" | "removed" | "left"): RoomState => ({
  record: { ...state.record, status },
  group: undefined,
  pending: undefined,
  tasks: status === "lost" ? state.tasks : [],
})

/** What a storage that holds `before` (undefined: nothing) has to write to hold `after`. */
export function stateWrites(
  before: RoomState | undefined,
  after: RoomState,
): { readonly puts: StoredEntry[]; readonly deletes: string[] } {
  const { roomId } = after.record
  const puts: StoredEntry[] = []
  const deletes: string[] = []
  const one = <T>(key: string, was: T | undefined, is: T | undefined, encode: (value: T) => Uint8Array): void => {
    if (is === was) return
    if (is === undefined) deletes.push(key)
    else puts.push(put(key, encode(is)))
  }
  one(chatKey.room(roomId), before?.record, after.record, roomRecord.encode)
  one(chatKey.group(roomId), before?.group, after.group, (group) => group.encode())
  one(chatKey.pending(roomId), before?.pending, after.pending, pendingCommit.encode)
  const byOrder = (tasks: RoomState["tasks"]) => new Map(tasks.map(({ order, task }) => [order, task]))
  const [was, is] = [byOrder(before?.tasks ?? []), byOrder(after.tasks)]
  for (const order of new Set([...was.keys(), ...is.keys()])) {
    one(chatKey.task(roomId, order), was.get(order), is.get(order), roomTask.encode)
  }
  return { puts, deletes }
}

/** All entries under a prefix, in pages, so that no single read grows without bound. */
export async function readAll(storage: ChatStorage, prefix: string): Promise<StoredEntry[]> {
  const all: StoredEntry[] = []
  for (;;) {
    const page = await storage.readRange(prefix, all.at(-1)?.key, 100)
    all.push(...page)
    if (page.length < 100) return all
  }
}

/** The room as it was stored last, or undefined where its record is not one. A state without the group that it needs is
 *  `lost`. */
export async function loadRoom(
  storage: ChatStorage,
  mls: MlsContext,
  recordBytes: Uint8Array,
): Promise<RoomState | undefined> {
  const record = roomRecord.decode(recordBytes)
  if (record === undefined) return undefined
  const { roomId } = record
  const [groupBytes, pendingBytes, taskPuts] = [
    await storage.read(chatKey.group(roomId)),
    await storage.read(chatKey.pending(roomId)),
    await readAll(storage, chatKey.tasks(roomId)),
  ]
  const group = groupBytes && MlsGroup.decode(mls, groupBytes)
  const tasks = taskPuts.flatMap(({ key, value }): OrderedTask[] => {
    const task = roomTask.decode(value)
    return task === undefined ? [] : [{ order: Number.parseInt(key.slice(chatKey.tasks(roomId).length), 16), task }]
  })
  const status = record.status === "active" && group === undefined ? "lost" : record.status
  const pending = pendingBytes && pendingCommit.decode(pendingBytes)
  return { record: { ...record, status }, group, pending, tasks }
}
