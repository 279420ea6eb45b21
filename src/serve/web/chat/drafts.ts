import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { type ChatStorage, put } from "@sourceprint/protocol/chat/chat-storage.js"

const PREFIX = "draft/"
const PAUSE_MS = 400
const MOST = 1000

/** What was typed in a room and not sent, sealed like everything else of the chat: it outlives a reload. */
export class Drafts {
  private readonly texts = new Map<string, string>()
  private readonly changed = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined

  /** @param onFailure a draft could not be kept */
  constructor(
    private readonly storage: ChatStorage,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  async restore(): Promise<void> {
    for (const { key, value } of await this.storage.readRange(PREFIX, undefined, MOST)) {
      this.texts.set(key.slice(PREFIX.length), fromUtf8(value))
    }
  }

  of(roomId: string): string {
    return this.texts.get(roomId) ?? ""
  }

  set(roomId: string, text: string): void {
    if (text === "") this.texts.delete(roomId)
    else this.texts.set(roomId, text)
    this.changed.add(roomId)
    this.timer ??= setTimeout(() => void this.flush().catch(this.onFailure), PAUSE_MS)
  }

  /** Writes what has changed; resolves when it is kept. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const rooms = [...this.changed]
    this.changed.clear()
    if (rooms.length === 0) return
    const texts = rooms.map((roomId) => ({ key: PREFIX + roomId, text: this.of(roomId) }))
    await this.storage.write(
      texts.filter(({ text }) => text !== "").map(({ key, text }) => put(key, utf8(text))),
      texts.filter(({ text }) => text === "").map(({ key }) => key),
    )
  }
}
