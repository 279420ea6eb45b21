import { type AppError, hasCode } from "@sourceprint/core/errors.js"
import { isMembershipTask, planMembership } from "./plan-membership.js"
import type { RoomHost } from "./room-host.js"
import type { RoomTask } from "./room-record.js"
import { type OrderedTask, type RoomState, withoutGroup, withoutTasks } from "./room-state.js"

/** The room that the worker works on. */
export interface RoomDesk {
  readonly host: RoomHost
  readonly state: RoomState
  /** Members that the server says wait to be added anew although they have a leaf. */
  readonly waiting: ReadonlySet<string>
  /** Ids of utterances that the server has taken and whose items have not come back yet. */
  readonly taken: Set<string>
  /** Stores the state, then takes it, then forgets what the one before had and it has not. */
  move(to: RoomState, forget?: () => void): Promise<void>
  /** A client that could not be added yet, for want of a key package. */
  early(name: string, clientId: string): void
  /** Fetches and applies everything up to the room's head. */
  catchUp(): Promise<void>
}

/** Refusals that asking again would not change; any other one ("rate", "register") passes. */
const FINAL = ["room", "client", "account", "full", "malformed"].map((code) => `application/refused/${code}`)
const isFinal = (error: unknown): error is AppError => FINAL.some((code) => hasCode(error, code))

/** Does the next thing that the room's tasks ask for. False when there is nothing to do. Throws what the transport
 *  throws when the connection is gone: the task stays. */
export async function workOnce(desk: RoomDesk): Promise<boolean> {
  const { state } = desk
  if (state.group === undefined) return false
  if (state.pending !== undefined) {
    await sendCommit(desk)
    return true
  }
  const open = state.tasks.filter(({ task }) => task.type !== "say" || !desk.taken.has(task.id))
  const [next] = open
  if (next === undefined) return false
  const { task } = next
  try {
    if (task.type === "say") await say(desk, next, task)
    else if (task.type === "create") await create(desk, next, task)
    else if (task.type === "leave") await leave(desk)
    else await changeMembers(desk, open)
  } catch (error) {
    if (!isFinal(error)) throw error
    await refused(desk, error, task.type === "create", [next.order])
  }
  return true
}

/** What was asked for is given up, and the person is told. A room that the server no longer knows this client in is
 *  over. */
async function refused(
  desk: RoomDesk,
  error: AppError,
  creating: boolean,
  orders: readonly number[],
): Promise<void> {
  const { host, state } = desk
  host.emit({ type: "problem", roomId: state.record.roomId, code: error.code, words: error.message })
  const over = hasCode(error, "application/refused/room") && !creating
  if (over) await desk.catchUp()
  if (desk.state.group === undefined) return
  await desk.move(over ? withoutGroup(desk.state, "removed") : withoutTasks(desk.state, orders))
}

async function create(
  desk: RoomDesk,
  { order }: OrderedTask,
  { kind }: Extract<RoomTask, { type: "create" }>,
): Promise<void> {
  await desk.host.ask({ type: "createRoom", roomId: desk.state.record.roomId, kind }, "done")
  await desk.move(withoutTasks(desk.state, [order]))
}

/** Seals for the current epoch, stores the sealed bytes with the state that they moved on, and only then sends them. */
async function say(
  desk: RoomDesk,
  { order }: OrderedTask,
  task: Extract<RoomTask, { type: "say" }>,
): Promise<void> {
  const { state, host } = desk
  const { group } = state
  if (group === undefined) return
  const { roomId } = state.record
  if (task.sealed.length === 0 || task.epoch !== group.epoch) {
    const sealed = await group.seal(task.id, task.plain)
    const sealedTask = { ...task, epoch: group.epoch, sealed: sealed.bytes }
    const tasks = state.tasks.map((one) => (one.order === order ? { order, task: sealedTask } : one))
    return desk.move({ ...state, group: sealed.group, tasks }, sealed.forget)
  }
  const { id, epoch, sealed } = task
  const answer = await host.ask({ type: "post", roomId, epoch, id, bytes: sealed }, "accepted", "stale")
  if (answer.type === "stale") await afterStale(desk, answer.epoch)
  // Taken before this client lost the room, and passed over unread: the others have it.
  else if (answer.seq <= desk.state.record.cursor) await desk.move(withoutTasks(desk.state, [order]))
  else desk.taken.add(id)
}

/** The room is in another epoch than this device: what is missing is fetched. Where nothing changes by that, the server
 *  contradicts itself, and the group is given up. */
async function afterStale(desk: RoomDesk, serverEpoch: number): Promise<void> {
  const before = desk.state.group?.epoch
  await desk.catchUp()
  const { group } = desk.state
  if (group !== undefined && group.epoch === before && serverEpoch !== before) {
    await desk.move(withoutGroup(desk.state, "lost"))
  }
}

async function sendCommit(desk: RoomDesk): Promise<void> {
  const { host, state } = desk
  const { pending } = state
  if (pending === undefined) return
  const { roomId } = state.record
  const { id, epoch, commit, welcome, added, removed } = pending
  try {
    const request = { type: "commit", roomId, epoch, id, commit, welcome, added, removed } as const
    const answer = await host.ask(request, "accepted", "stale")
    if (answer.type === "stale") await afterStale(desk, answer.epoch)
    else await desk.catchUp()
    // Its item was not among them: the epoch has passed by another commit, or the server has it and does not give it.
    if (desk.state.pending?.id === id) await dropPending(desk, [])
  } catch (error) {
    if (!isFinal(error)) throw error
    await dropPending(desk, [])
    await refused(desk, error, false, pending.fulfils)
  }
}

async function dropPending(desk: RoomDesk, orders: readonly number[]): Promise<void> {
  await desk.move(withoutTasks({ ...desk.state, pending: undefined }, orders))
}

/** One commit for the run of membership tasks at the head, so that adding three people is one change of epoch. */
async function changeMembers(desk: RoomDesk, open: readonly OrderedTask[]): Promise<void> {
  const end = open.findIndex(({ task }) => !isMembershipTask(task))
  const plan = await planMembership(desk, end === -1 ? open : open.slice(0, end))
  const { host, state } = desk
  const { group } = state
  for (const words of plan.problems) {
    host.emit({ type: "problem", roomId: state.record.roomId, code: "chat/nobody", words })
  }
  for (const { name, clientId } of plan.early) desk.early(name, clientId)
  if (group === undefined || (plan.add.size === 0 && plan.remove.length === 0)) {
    return desk.move(withoutTasks(state, plan.fulfils))
  }
  const id = host.newId()
  const made = await group.commit(id, [...plan.add.values()], plan.remove)
  const pending = {
    id,
    epoch: group.epoch,
    commit: made.commit,
    welcome: made.welcome,
    added: [...plan.add.keys()],
    removed: plan.remove,
    fulfils: plan.fulfils,
    group: made.group.encode(),
  }
  await desk.move({ ...state, pending })
}

/** Last, when everything that was said before has come back, the server is told to send nothing more. */
async function leave(desk: RoomDesk): Promise<void> {
  if (desk.state.tasks.some(({ task }) => task.type === "say")) await desk.catchUp()
  if (desk.state.group === undefined) return
  await desk.host.ask({ type: "leave", roomId: desk.state.record.roomId }, "done")
  await desk.move(withoutGroup(desk.state, "left"))
}
