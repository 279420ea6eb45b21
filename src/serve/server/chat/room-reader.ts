import type { Clock } from "@sourceprint/core/clock.js"
import { ChatLimit } from "@sourceprint/protocol/chat/chat-limits.js"
import type { ChatAnswer, ChatRequest } from "@sourceprint/protocol/chat/wire.js"
import type { ChatStore } from "../../store/chat/chat-store.js"
import { refusal } from "../application/channel.js"
import type { LocalClient } from "./local-clients.js"
import { isWelcome } from "./room-feed.js"

/** Rooms read at once; `rooms` says when there are more. */
const ROOMS_AT_ONCE = 16
/** Of a room and of a member in the answer, beside the certificate: at most this many bytes. */
const ROOM_BYTES = 64
const MEMBER_BYTES = 16

type ReadStore = Pick<ChatStore, "itemsFor" | "roomsOf">
type Of<Type extends ChatRequest["type"]> = Extract<ChatRequest, { type: Type }>

/** Answers to a client that catches up. */
export class RoomReader {
  constructor(
    private readonly store: ReadStore,
    private readonly clock: Clock,
  ) {}

  async fetch({ clientId }: LocalClient, { roomId, after, limit }: Of<"fetch">): Promise<ChatAnswer> {
    const most = Math.min(Math.max(1, limit), ChatLimit.items)
    const found = await this.store.itemsFor(roomId, clientId, after, most, ChatLimit.answerBytes)
    if (found === undefined) throw refusal("room", "there is no such room, or you are not in it")
    const items = found.items.map((item) => {
      const { seq, sender, epoch, id, timeMs, bytes, welcome } = item
      const facts = { seq, sender, epoch, id, timeMs }
      return isWelcome(item, clientId, found.fromSeq) && welcome !== undefined
        ? ({ ...facts, kind: "welcome", bytes: welcome } as const)
        : { ...facts, kind: item.kind, bytes }
    })
    return { type: "items", head: found.head, items }
  }

  async rooms({ clientId }: LocalClient, { after }: Of<"rooms">): Promise<ChatAnswer> {
    const found = await this.store.roomsOf(clientId, after, ROOMS_AT_ONCE, this.clock.nowMs())
    let bytes = 0
    const fitting = found.filter(({ members }, i) => {
      bytes += ROOM_BYTES + members.reduce((sum, one) => sum + MEMBER_BYTES + one.certificate.length, 0)
      return i === 0 || bytes <= ChatLimit.answerBytes
    })
    const rooms = fitting.map(({ roomId, kind, epoch, head, members }) => ({
      roomId,
      kind,
      epoch,
      head,
      members: members.flatMap(({ state, online, acked, certificate }) =>
        state === "removed" ? [] : [{ state, online, acked, certificate }],
      ),
    }))
    return { type: "rooms", more: fitting.length < found.length || found.length === ROOMS_AT_ONCE, rooms }
  }
}
