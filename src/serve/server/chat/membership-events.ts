import type { ChatEvent } from "@sourceprint/protocol/chat/wire.js"
import type { RoomMember } from "../../store/chat/chat-store.js"

export interface MembershipEvent {
  readonly event: ChatEvent
  /** The client that it is about, which is not told. */
  readonly about: string
}

/** What members of a room are told of a change of its members that no commit tells them. Who comes and goes by a commit
 *  is in the commit. */
export function membershipEvents(
  roomId: string,
  before: readonly RoomMember[],
  after: readonly RoomMember[],
): MembershipEvent[] {
  const known = new Map(before.map((member) => [member.clientId, member]))
  return after.flatMap(({ clientId, state, fromSeq, name }): MembershipEvent[] => {
    const was = known.get(clientId)?.state
    if (state === was) return []
    const about = clientId
    if (state === "gone") return [{ event: { type: "gone", roomId, clientId }, about }]
    if (state !== "waiting") return []
    return was === undefined && fromSeq === 0 && name !== undefined
      ? [{ event: { type: "newClient", name, clientId }, about }]
      : [{ event: { type: "waiting", roomId, clientId }, about }]
  })
}
