import { batch, type ReadonlySignal, signal } from "@preact/signals"
import { toHex } from "@sourceprint/core/bytes.js"
import { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import { systemChatClock } from "@sourceprint/protocol/chat/chat-ports.js"
import type { ChatUpdate } from "@sourceprint/protocol/chat/chat-update.js"
import type { RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import type { ChatContent } from "@sourceprint/protocol/chat/contents.js"
import { type ChatEntry, isSaid } from "@sourceprint/protocol/chat/room/room-record.js"
import { entrySummary } from "@sourceprint/protocol/chat/view/entry-summary.js"
import { isolated } from "@sourceprint/protocol/chat/view/isolated.js"
import type { FileLink } from "@sourceprint/protocol/files/file-ports.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { Downloads } from "../files/downloads.js"
import { clearReceived } from "../files/received-files.js"
import { Uploads } from "../files/uploads.js"
import type { BrowserChatStorage } from "./browser-chat-storage.js"
import { Conversation } from "./conversation.js"
import { Drafts } from "./drafts.js"
import { plainWords } from "./plain-words.js"

interface ModelOptions {
  readonly storage: BrowserChatStorage
  readonly serverIdentity: Uint8Array
  /** The account's canonical name. */
  readonly name: string
  /** The connection that files go over. */
  readonly fileLink: FileLink & { close(): void }
  /** A message of another person came while the chat runs. */
  onMessage(room: RoomView, entry: ChatEntry): void
  /** Something that was asked for could not be done. */
  onProblem(words: string): void
}

const REFRESH_MS = 30
/** Showing changes takes at most a fifth of the time: sending them comes first. */
const REFRESH_SHARE = 4

/** How long what was fetched of a file stays while its person is signed in. */
const KEEP_RECEIVED_MS = 7 * 24 * 60 * 60_000

/** Whether the file is among what waits to be sent, or among the newest that was said. @param fileId hex */
async function isPosted(client: ChatClient, roomId: string, fileId: string): Promise<boolean> {
  const isIt = (body: ChatEntry["body"] | ChatContent): boolean =>
    body.type === "file" && toHex(body.file.fileId) === fileId
  return (
    client.outbox(roomId).some(({ content }) => isIt(content)) ||
    (await client.history(roomId)).some(({ body }) => isIt(body))
  )
}

/** The chat of the signed-in account as the page shows it: signals over a ChatClient. */
export class ChatModel {
  private readonly list = signal<readonly RoomView[]>([])
  private readonly connected = signal(false)
  private readonly current = signal<Conversation | undefined>(undefined)
  private readonly writing = signal<ReadonlyMap<string, readonly string[]>>(new Map())
  private readonly changed = new Set<string>()
  private refreshing: ReturnType<typeof setTimeout> | undefined
  /** What the last refresh took, with what it made the page draw. */
  private refreshMs = 0
  private readonly places = new Map<string, Conversation["place"]>()
  readonly uploads: Uploads
  readonly downloads: Downloads
  readonly drafts: Drafts

  private constructor(
    readonly client: ChatClient,
    private readonly options: ModelOptions,
  ) {
    const { storage, fileLink, onProblem } = options
    this.drafts = new Drafts(storage, (error) => onProblem(plainWords(error)))
    this.uploads = new Uploads({
      link: fileLink,
      storage,
      post: async (roomId, file) => void (await client.sendFile(toHex(roomId), file)),
      isPosted: (roomId, file) => isPosted(client, toHex(roomId), toHex(file.fileId)),
    })
    this.downloads = new Downloads(fileLink)
    client.subscribe((update) => this.take(update))
    this.list.value = client.rooms()
  }

  static async open(options: ModelOptions): Promise<ChatModel> {
    const { storage, serverIdentity, name } = options
    const ports = { crypto: webCrypto, storage, clock: systemChatClock }
    const model = new ChatModel(await ChatClient.open({ ...ports, serverIdentity, name }), options)
    await clearReceived(KEEP_RECEIVED_MS)
    await model.drafts.restore()
    await model.uploads.restore()
    return model
  }

  get rooms(): ReadonlySignal<readonly RoomView[]> {
    return this.list
  }
  get online(): ReadonlySignal<boolean> {
    return this.connected
  }
  get conversation(): ReadonlySignal<Conversation | undefined> {
    return this.current
  }

  /** Who writes in a room, in words; undefined: nobody. */
  typing(roomId: string): string | undefined {
    const names = this.writing.value.get(roomId) ?? []
    if (names.length === 0) return undefined
    return names.length > 2
      ? "Several people are typing…"
      : `${names.map(isolated).join(" and ")} ${names.length === 1 ? "is" : "are"} typing…`
  }

  /** Shows a conversation, or none. @param seq a message in it that is looked for */
  async show(roomId: string | undefined, seq?: number): Promise<void> {
    const { value: before } = this.current
    if (before !== undefined) this.places.set(before.roomId, before.place)
    if (roomId === undefined || this.client.room(roomId) === undefined) {
      this.current.value = undefined
      return
    }
    if (this.current.value?.roomId === roomId && seq === undefined) return
    const opened = await Conversation.open(this.client, roomId, seq, this.places.get(roomId))
    this.current.value = opened
    opened.refresh()
  }

  /** Reads again what has changed, together with what changes in the next moment: in a large room a message is followed
   *  by a delivery notice from each member. */
  private refreshSoon(roomId: string | undefined): void {
    if (roomId !== undefined) this.changed.add(roomId)
    this.refreshing ??= setTimeout(
      () => {
        this.refreshing = undefined
        const rooms = new Set(this.changed)
        this.changed.clear()
        const startMs = performance.now()
        batch(() => this.refresh(rooms))
        requestAnimationFrame(() => {
          this.refreshMs = performance.now() - startMs
        })
      },
      Math.max(REFRESH_MS, Math.min(1000, REFRESH_SHARE * this.refreshMs)),
    )
  }

  private take(update: ChatUpdate): void {
    batch(() => {
      switch (update.type) {
        case "connection":
          this.connected.value = update.online
          this.refreshSoon(this.current.value?.roomId)
          return
        case "room":
        case "outbox":
          this.refreshSoon(update.roomId)
          return
        case "entry":
          this.takeEntry(update)
          return
        case "changed":
          if (this.current.value?.roomId === update.roomId) this.current.value.history.replace(update.entry)
          this.refreshSoon(update.roomId)
          return
        case "typing":
          this.takeTyping(update)
          return
        case "presence":
          this.refreshSoon(this.current.value?.roomId)
          return
        case "problem":
          this.options.onProblem(update.words)
          return
      }
    })
  }

  private refresh(rooms: ReadonlySet<string>): void {
    this.list.value = this.client.rooms()
    const { value: conversation } = this.current
    if (conversation === undefined || !rooms.has(conversation.roomId)) return
    if (this.client.room(conversation.roomId) === undefined) this.current.value = undefined
    else conversation.refresh()
  }

  private takeEntry({ roomId, entry }: Extract<ChatUpdate, { type: "entry" }>): void {
    if (this.current.value?.roomId === roomId) this.current.value.take(entry)
    this.refreshSoon(roomId)
    const room = this.client.room(roomId)
    const own = entry.sender.accountId === this.client.self.accountId
    if (room !== undefined && isSaid(entry) && !own) this.options.onMessage(room, entry)
  }

  private takeTyping({ roomId, name, typing }: Extract<ChatUpdate, { type: "typing" }>): void {
    const names = (this.writing.value.get(roomId) ?? []).filter((other) => other !== name)
    const next = new Map(this.writing.value)
    next.set(roomId, typing ? [...names, name] : names)
    this.writing.value = next
  }

  summary(entry: ChatEntry): string | undefined {
    return entrySummary(entry, this.client.self.accountId)
  }

  private async end(): Promise<void> {
    clearTimeout(this.refreshing)
    await this.drafts.flush().catch(plainWords) // taken over by another tab, or no room: then the draft is lost
    this.options.fileLink.close()
    await this.downloads.close()
    await this.client.close()
  }

  async close(): Promise<void> {
    await this.end()
    this.options.storage.close()
  }

  /** Ends the chat and deletes everything that this browser keeps of it. */
  async wipe(): Promise<void> {
    await this.end()
    await clearReceived(0)
    await this.options.storage.wipe()
  }
}
