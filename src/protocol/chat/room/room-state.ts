import { type ChatStorage, put, type StoredEntry } from "../chat-storage.js"
import type { MlsContext } from "../mls/mls-context.js"
import { MlsGroup } from "../mls/mls-group.js"
import {
  type ChatEntry,
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

/** Everything that this device knows of a room, but for its history. A value: it changes only with the write that stores
 *  the change. */
export interface RoomState {
  readonly record: RoomRecord
  /** Only while the status is active. */
  readonly group: MlsGroup | undefined
  readonly pending: PendingCommit | undefined
  readonly tasks: readonly OrderedTask[]
}

/** The next state and the write that makes it last. */
export interface RoomChange {
  readonly state: RoomState
  readonly puts: readonly StoredEntry[]
  readonly deletes: readonly string[]
  readonly entry?: ChatEntry | undefined
  /** The account that has said that it leaves. */
  readonly departs?: string | undefined
  /** Zeroes used keys: once the write is done. */
  readonly forget?: (() => void) | undefined
}

export const putRecord = (record: RoomRecord): StoredEntry =>
  put(chatKey.room(record.roomId), roomRecord.encode(record))
export const putGroup = (group: MlsGroup): StoredEntry => put(chatKey.group(group.roomId), group.encode())

/** Adds tasks after those that are there. */
export function withTasks(state: RoomState, tasks: readonly RoomTask[]): RoomChange {
  const { roomId, nextOrder } = state.record
  const added = tasks.map((task, k) => ({ order: nextOrder + k, task }))
  const record = { ...state.record, nextOrder: nextOrder + tasks.length }
  return {
    state: { ...state, record, tasks: [...state.tasks, ...added] },
    puts: [
      putRecord(record),
      ...added.map(({ order, task }) => put(chatKey.task(roomId, order), roomTask.encode(task))),
    ],
    deletes: [],
  }
}

/** Without the tasks of these orders. */
export function withoutTasks(state: RoomState, orders: readonly number[]): RoomChange {
  return {
    state: { ...state, tasks: state.tasks.filter(({ order }) => !orders.includes(order)) },
    puts: [],
    deletes: orders.map((order) => chatKey.task(state.record.roomId, order)),
  }
}

/** The room has no group any more; its history stays. */
export function withoutGroup(state: RoomState, status: RoomRecord["status"], keepTasks: boolean): RoomChange {
  const { roomId } = state.record
  const record = { ...state.record, status }
  const gone = keepTasks ? [] : state.tasks.map(({ order }) => chatKey.task(roomId, order))
  return {
    state: { record, group: undefined, pending: undefined, tasks: keepTasks ? state.tasks : [] },
    puts: [putRecord(record)],
    deletes: [chatKey.group(roomId), chatKey.pending(roomId), ...gone],
    forget: () => state.group?.retire(),
  }
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
    return task === undefined
      ? []
      : [{ order: Number.parseInt(key.slice(chatKey.tasks(roomId).length), 16), task }]
  })
  const status = record.status === "active" && group === undefined ? "lost" : record.status
  const pending = pendingBytes && pendingCommit.decode(pendingBytes)
  return { record: { ...record, status }, group, pending, tasks }
}
