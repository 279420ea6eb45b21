import { AppError } from "@sourceprint/core/errors.js"
import type { KeyPackage } from "ts-mls"
import { nameKey } from "../../account-name.js"
import { type CertificateClaims, readCertificate } from "../certificate.js"
import { ChatLimit } from "../chat-limits.js"
import { readClaimedPackage } from "../mls/key-package.js"
import type { RoomPort } from "./room-port.js"
import type { RoomTask } from "./room-record.js"
import type { OrderedTask } from "./room-state.js"

const kinds = ["addAccount", "addClient", "removeAccount", "removeClient"] as const
type MembershipTask = Extract<RoomTask, { type: (typeof kinds)[number] }>
export const isMembershipTask = (task: RoomTask): task is MembershipTask =>
  (kinds as readonly string[]).includes(task.type)

/** Clients that one commit adds, so that it stays below its bound with the longest names: 64 key packages of at most
 *  1.2 KB. */
const MOST_ADDED = 64

/** What one commit is to do, and the tasks that are done when it is applied. */
export interface MembershipPlan {
  readonly add: Map<string, KeyPackage>
  readonly remove: string[]
  readonly fulfils: number[]
  /** For the person: who could not be added. */
  readonly problems: string[]
  /** Clients that have left no key package yet: a new one registers first. */
  readonly keyPackageMissing: { readonly name: string; readonly clientId: string }[]
}

/** From the head of the tasks, as far as one commit can go: it adds or removes, never both, since in ts-mls 1.6.4 some
 *  members cannot follow a commit that adds into the leaf of one whom it removes ("No overlap between provided private
 *  keys and update path"). Asks the server for clients and their key packages. */
export async function planMembership(port: RoomPort, tasks: readonly OrderedTask[]): Promise<MembershipPlan> {
  const plan: MembershipPlan = {
    add: new Map(),
    remove: [],
    fulfils: [],
    problems: [],
    keyPackageMissing: [],
  }
  const members = (port.state.group?.members() ?? []).map(({ claims }) => claims)
  const isMember = (id: string): boolean => members.some(({ clientId }) => clientId === id)
  for (const { order, task } of tasks) {
    if (!isMembershipTask(task)) break
    const again = task.type === "addClient" && isMember(task.clientId) && port.waiting.has(task.clientId)
    const removes = again || task.type === "removeAccount" || task.type === "removeClient"
    if (removes ? plan.add.size > 0 : plan.remove.length > 0) break
    if (task.type === "addAccount") await planAccount(port, plan, members, task.name)
    else if (task.type === "addClient") {
      if (again) {
        plan.remove.push(task.clientId) // and added by the next commit: the task stays
        break
      }
      if (!isMember(task.clientId) && (await claim(port, plan, task.name, [task.clientId])).found === 0) {
        plan.keyPackageMissing.push({ name: task.name, clientId: task.clientId })
      }
    } else {
      const goes = (claims: CertificateClaims): boolean =>
        task.type === "removeAccount" ? claims.accountId === task.accountId : claims.clientId === task.clientId
      const mine = port.host.self.clientId
      const leaving = members.filter((claims) => goes(claims) && claims.clientId !== mine)
      plan.remove.push(...leaving.map(({ clientId }) => clientId).filter((id) => !plan.remove.includes(id)))
    }
    plan.fulfils.push(order)
    if (plan.add.size >= MOST_ADDED) break
  }
  return plan
}

export const noDeviceOf = (name: string): string =>
  `no device of ${name} can be added: none has left a key that verifies`

async function planAccount(
  port: RoomPort,
  plan: MembershipPlan,
  members: readonly CertificateClaims[],
  name: string,
): Promise<void> {
  const { certificates } = await port.host.ask({ type: "clients", name }, "clients")
  const clients = certificates.flatMap((bytes) => readCertificate(bytes)?.clientId ?? [])
  const missing = clients.filter((id) => !members.some(({ clientId }) => clientId === id))
  if (clients.length === 0) plan.problems.push(`${name} has not opened the chat on any device yet`)
  if (missing.length === 0) return
  const { found, keyPackageMissing } = await claim(port, plan, name, missing)
  plan.keyPackageMissing.push(...keyPackageMissing.map((clientId) => ({ name, clientId })))
  if (found + keyPackageMissing.length === 0) plan.problems.push(noDeviceOf(name))
}

/** Takes only packages whose certificate, by the pinned server, names the client and account that were asked for.
 *  @returns how many it took, and the clients of which the server has none */
async function claim(
  port: RoomPort,
  plan: MembershipPlan,
  name: string,
  clients: readonly string[],
): Promise<{ readonly found: number; readonly keyPackageMissing: string[] }> {
  const { host, state } = port
  const size = (state.group?.members().length ?? 0) + plan.add.size + clients.length - plan.remove.length
  if (size > ChatLimit.membersPerRoom) {
    throw new AppError("application/refused/full", `a room holds at most ${ChatLimit.membersPerRoom} devices`)
  }
  const { packages } = await host.ask({ type: "claimKeyPackages", name, clients }, "keyPackages")
  let found = 0
  for (const { clientId, keyPackage } of packages) {
    const read = await readClaimedPackage(host.mls, keyPackage)
    if (
      read === undefined ||
      read.claims.clientId !== clientId ||
      !clients.includes(clientId) ||
      nameKey(read.claims.name) !== nameKey(name)
    ) {
      continue
    }
    plan.add.set(clientId, read.keyPackage)
    found++
  }
  const keyPackageMissing = clients.filter((id) => !packages.some(({ clientId }) => clientId === id))
  return { found, keyPackageMissing }
}
