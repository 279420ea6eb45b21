import { utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { waitingView } from "./chat-view.js"
import { type AboutAction, ContentLimit, isEmoji } from "./contents.js"
import { cleanText } from "./plain-text.js"
import { messageOf } from "./room/apply-about.js"
import type { RoomEngine } from "./room/room-engine.js"
import type { RoomHost } from "./room/room-host.js"
import { isSaid, saidText } from "./room/room-record.js"

/** The text as it is sent. @throws AppError "chat/text" where nothing of it is left, or it is too long */
export function sayable(text: string): string {
  const clean = cleanText(text)
  if (clean.trim() === "") throw new AppError("chat/text", "there is nothing to send")
  if (utf8(clean).length > ContentLimit.textBytes) {
    throw new AppError("chat/text", `a message holds at most ${ContentLimit.textBytes} bytes of text`)
  }
  return clean
}

/** What can be done with a message that is in the room, or waits on this device to be sent. Each resolves to its own
 *  id when it is stored, is sent like a message, and shows as the update `changed` (a reply as `entry`) once it came
 *  back. Methods throw AppError "chat/message" where there is no such message on this device or it was deleted,
 *  "chat/author" where only its author may do that, and what `ChatClient.sendText` throws. */
export class MessageActions {
  constructor(
    private readonly core: Pick<RoomHost, "storage" | "self">,
    private readonly roomOf: (roomId: string) => RoomEngine,
  ) {}

  async reply(roomId: string, messageId: string, text: string): Promise<string> {
    await this.message(roomId, messageId)
    return await this.say(roomId, messageId, { type: "reply", text: sayable(text) })
  }

  /** Of a text or a reply of one's own. */
  async edit(roomId: string, messageId: string, text: string): Promise<string> {
    const { own, hasText } = await this.message(roomId, messageId)
    if (!own) throw new AppError("chat/author", "only who wrote a message can edit it")
    if (!hasText) throw new AppError("chat/message", "a file has no text to edit")
    return await this.say(roomId, messageId, { type: "edit", text: sayable(text) })
  }

  /** For everybody; members may have read or copied it. */
  async delete(roomId: string, messageId: string): Promise<string> {
    const { own } = await this.message(roomId, messageId)
    if (!own) throw new AppError("chat/author", "only who wrote a message can delete it")
    return await this.say(roomId, messageId, { type: "delete" })
  }

  /** @param on false: the own reaction goes away again. Throws "chat/text" for what is not one emoji */
  async react(roomId: string, messageId: string, emoji: string, on = true): Promise<string> {
    if (!isEmoji(emoji)) throw new AppError("chat/text", `“${emoji}” is not one emoji`)
    await this.message(roomId, messageId)
    return await this.say(roomId, messageId, { type: "reaction", emoji, on })
  }

  private say(roomId: string, messageId: string, action: AboutAction): Promise<string> {
    return this.roomOf(roomId).send({ type: "about", messageId, action })
  }

  private async message(roomId: string, messageId: string): Promise<{ own: boolean; hasText: boolean }> {
    const { state } = this.roomOf(roomId)
    const waiting = waitingView(state).find(({ id }) => id === messageId)
    const body = waiting?.content
    if (body !== undefined && isSaid({ body })) return { own: true, hasText: saidText({ body }) !== undefined }
    const entry = await messageOf((key) => this.core.storage.read(key), roomId, messageId)
    if (entry === undefined || !isSaid(entry)) {
      throw new AppError("chat/message", "there is no such message on this device, or it was deleted")
    }
    return { own: entry.sender.accountId === this.core.self.accountId, hasText: saidText(entry) !== undefined }
  }
}
