import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { toHex } from "@sourceprint/core/bytes.js"
import type { ChatQuotas } from "@sourceprint/serve/store/chat/chat-store.js"
import type { OpenedStore } from "@sourceprint/serve/store/open-store.js"

const quotas: ChatQuotas = {
  clientsPerAccount: 9,
  roomsPerAccount: 9,
  membersPerRoom: 99,
  waitingBytesPerRoom: 1e6,
  waitingBytesPerAccount: 1e8,
  minimumFreeBytes: 0,
  keyPackagesPerClient: 9,
}
const hexId = (): string => toHex(randomBytes(16))

export interface RoomWithMembers {
  readonly roomId: string
  /** By account. */
  readonly clients: ReadonlyMap<string, { readonly clientId: string; readonly signatureKey: Uint8Array }>
  /** That the room is in now. */
  readonly epoch: number
  remove(accountId: string): Promise<void>
}

/** A room in the chat's own book, its first account the creator: what the relay would write for sealed commits whose
 *  content it cannot read. */
export async function roomWithMembers(opened: OpenedStore, accountIds: readonly string[]): Promise<RoomWithMembers> {
  const chat = opened.chatStore(quotas, hexId())
  const nowMs = Date.now()
  const clients = new Map<string, { clientId: string; signatureKey: Uint8Array }>()
  for (const accountId of accountIds) {
    const clientId = hexId()
    const signatureKey = new Uint8Array(randomBytes(32))
    clients.set(accountId, { clientId, signatureKey })
    const certificate = randomBytes(8)
    await chat.registerClient({ clientId, accountId, signatureKey: toHex(signatureKey), certificate }, nowMs)
  }
  const [creator, ...others] = [...clients.values()].map(({ clientId }) => clientId)
  const roomId = hexId()
  assert.equal(await chat.createRoom({ roomId, kind: "room", clientId: creator }, nowMs), "created")
  let epoch = 0
  const commit = async (added: string[], removed: string[]): Promise<void> => {
    const bytes = { commit: randomBytes(9), welcome: randomBytes(added.length === 0 ? 0 : 9) }
    const operation = {
      op: "commit",
      roomId,
      clientId: creator,
      epoch,
      id: hexId(),
      added,
      removed,
      ...bytes,
    } as const
    const [outcome] = await chat.apply([operation], nowMs)
    assert.equal(outcome.is, "accepted", JSON.stringify(outcome))
    epoch++
  }
  if (others.length > 0) await commit(others, [])
  return {
    roomId,
    clients,
    get epoch() {
      return epoch
    },
    remove: (accountId) => commit([], [clients.get(accountId)?.clientId ?? ""]),
  }
}
