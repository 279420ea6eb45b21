import { type AppError, hasCode } from "@sourceprint/core/errors.js"
import type { MlsGroup, Sealed } from "../mls/mls-group.js"
import { isMembershipTask, planMembership } from "./plan-membership.js"
import type { RoomPort } from "./room-port.js"
import type { RoomTask } from "./room-record.js"
import { type OrderedTask, withoutGroup, withoutTasks } from "./room-state.js"

/** Refusals that asking again would not change; any other one ("rate", "register") passes. */
const FINAL = ["room", "client", "account", "full", "malformed"].map((code) => `application/refused/${code}`)
const isFinal = (error: unknown): error is AppError => FINAL.some((code) => hasCode(error, code))

/** The most messages that one write seals. */
const SEALED_AT_ONCE = 32

const openTasks = ({ state, acknowledged }: RoomPort): readonly OrderedTask[] =>
  state.tasks.filter(({ task }) => task.type !== "send" || !acknowledged.has(task.id))

/** The next thing to do is to post what is sealed already. */
export function isPosting(port: RoomPort): boolean {
  const { group, pending } = port.state
  const task = openTasks(port)[0]?.task
  return pending === undefined && task?.type === "send" && task.sealed.length > 0 && task.epoch === group?.epoch
}

/** Does the next thing that the room's tasks ask for. False when there is nothing to do. Throws what the transport
 *  throws when the connection is gone: the task stays. */
export async function workOnce(port: RoomPort): Promise<boolean> {
  const { state } = port
  if (state.group === undefined) return false
  if (state.pending !== undefined) {
    await sendCommit(port)
    return true
  }
  const open = openTasks(port)
  const [next] = open
  if (next === undefined) return false
  const { task } = next
  try {
    if (task.type === "send") await (isPosting(port) ? post(port, next, task) : seal(port, open))
    else if (task.type === "create") await create(port, next, task)
    else if (task.type === "leave") await leave(port)
    else await changeMembers(port, open)
  } catch (error) {
    if (!isFinal(error)) throw error
    await refused(port, error, task.type === "create", [next.order])
  }
  return true
}

/** What was asked for is given up, and the person is told. A room that the server no longer knows this client in is
 *  over. */
async function refused(port: RoomPort, error: AppError, creating: boolean, orders: readonly number[]): Promise<void> {
  const { host, state } = port
  host.emit({ type: "problem", roomId: state.record.roomId, code: error.code, words: error.message })
  const over = hasCode(error, "application/refused/room") && !creating
  if (over) await port.catchUp()
  if (port.state.group === undefined) return
  await port.move(over ? withoutGroup(port.state, "removed") : withoutTasks(port.state, orders))
}

async function create(
  port: RoomPort,
  { order }: OrderedTask,
  { kind }: Extract<RoomTask, { type: "create" }>,
): Promise<void> {
  await port.host.ask({ type: "createRoom", roomId: port.state.record.roomId, kind }, "done")
  await port.move(withoutTasks(port.state, [order]))
}

/** Seals the messages at the head for the current epoch, and stores the sealed bytes with the state that they moved on.
 *  Only then are they sent. */
async function seal(port: RoomPort, open: readonly OrderedTask[]): Promise<void> {
  const { state } = port
  if (state.group === undefined) return
  let group: MlsGroup = state.group
  const sealedTasks = new Map<number, RoomTask>()
  const usedUp: (() => void)[] = []
  for (const { order, task } of open.slice(0, SEALED_AT_ONCE)) {
    if (task.type !== "send") break
    const sealed: Sealed = await group.seal(task.id, task.plain)
    sealedTasks.set(order, { ...task, epoch: group.epoch, sealed: sealed.bytes })
    usedUp.push(sealed.zeroize)
    group = sealed.group
  }
  const tasks = state.tasks.map(({ order, task }) => ({ order, task: sealedTasks.get(order) ?? task }))
  await port.move({ ...state, group, tasks }, () => {
    for (const zeroize of usedUp) zeroize()
  })
}

async function post(port: RoomPort, { order }: OrderedTask, task: Extract<RoomTask, { type: "send" }>): Promise<void> {
  const { id, epoch, sealed } = task
  const { roomId } = port.state.record
  const answer = await port.host.ask({ type: "post", roomId, epoch, id, bytes: sealed }, "accepted", "stale")
  if (answer.type === "stale") await afterStale(port, answer.epoch)
  // Taken before this client lost the room, and passed over unread: the others have it.
  else if (answer.seq <= port.state.record.cursor) await port.move(withoutTasks(port.state, [order]))
  else port.acknowledged.add(id)
}

/** The room is in another epoch than this device: what is missing is fetched. Where nothing changes by that, the server
 *  contradicts itself, and the group is given up. */
async function afterStale(port: RoomPort, serverEpoch: number): Promise<void> {
  const before = port.state.group?.epoch
  await port.catchUp()
  const { group } = port.state
  if (group !== undefined && group.epoch === before && serverEpoch !== before) {
    await port.move(withoutGroup(port.state, "lost"))
  }
}

async function sendCommit(port: RoomPort): Promise<void> {
  const { host, state } = port
  const { pending } = state
  if (pending === undefined) return
  const { roomId } = state.record
  const { id, epoch, commit, welcome, added, removed } = pending
  try {
    const request = { type: "commit", roomId, epoch, id, commit, welcome, added, removed } as const
    const answer = await host.ask(request, "accepted", "stale")
    if (answer.type === "stale") await afterStale(port, answer.epoch)
    else await port.catchUp()
    // Its item was not among them: the epoch has passed by another commit, or the server has it and does not give it.
    if (port.state.pending?.id === id) await dropPending(port, [])
  } catch (error) {
    if (!isFinal(error)) throw error
    await dropPending(port, [])
    await refused(port, error, false, pending.fulfils)
  }
}

async function dropPending(port: RoomPort, orders: readonly number[]): Promise<void> {
  await port.move(withoutTasks({ ...port.state, pending: undefined }, orders))
}

/** One commit for the run of membership tasks at the head, so that adding three people is one change of epoch. */
async function changeMembers(port: RoomPort, open: readonly OrderedTask[]): Promise<void> {
  const end = open.findIndex(({ task }) => !isMembershipTask(task))
  const plan = await planMembership(port, end === -1 ? open : open.slice(0, end))
  const { host, state } = port
  const { group } = state
  for (const words of plan.problems) {
    host.emit({ type: "problem", roomId: state.record.roomId, code: "chat/nobody", words })
  }
  for (const { name, clientId } of plan.keyPackageMissing) port.keyPackageMissing(name, clientId)
  if (group === undefined || (plan.add.size === 0 && plan.remove.length === 0)) {
    return port.move(withoutTasks(state, plan.fulfils))
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
  await port.move({ ...state, pending })
}

/** Last, when everything that was said before has come back, the server is told to send nothing more. */
async function leave(port: RoomPort): Promise<void> {
  if (port.state.tasks.some(({ task }) => task.type === "send")) await port.catchUp()
  if (port.state.group === undefined) return
  await port.host.ask({ type: "leave", roomId: port.state.record.roomId }, "done")
  await port.move(withoutGroup(port.state, "left"))
}
