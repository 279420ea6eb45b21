import { type ChatContent, utterance } from "../contents.js"
import type { RoomHost } from "./room-host.js"
import type { RoomTask } from "./room-record.js"

/** The task of saying something, under a fresh id, by this device's clock. */
export const newUtterance = (
  host: Pick<RoomHost, "newId" | "clock">,
  content: ChatContent,
): Extract<RoomTask, { type: "send" }> => ({
  type: "send",
  id: host.newId(),
  plain: utterance.encode({ sentAtMs: host.clock.nowMs(), content }),
  epoch: 0,
  sealed: new Uint8Array(0),
})
