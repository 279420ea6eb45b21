import { effect, signal } from "@preact/signals"
import { hasCode } from "@sourceprint/core/errors.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import type { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { mayPass } from "@sourceprint/protocol/application/passing-failure.js"
import type { ChatTransport } from "@sourceprint/protocol/chat/chat-ports.js"
import { fileLink } from "../files/open-file-link.js"
import { clearReceived } from "../files/received-files.js"
import { forgetPages, keepPages } from "../offline/keep-pages.js"
import { navigate } from "../router.js"
import { link } from "../session/live-link.js"
import { pinnedIdentity } from "../session/pinned-identity.js"
import { signedIn } from "../session/session-store.js"
import { toast } from "../ui/toasts.js"
import { openBrowserChatStorage } from "./browser-chat-storage.js"
import { ChatModel } from "./chat-model.js"
import { notify } from "./notifications.js"
import { plainWords } from "./plain-words.js"
import { roomPath } from "./room-path.js"

export type ChatState =
  | { readonly state: "closed" }
  | { readonly state: "opening" }
  /** Another tab of this browser has the chat. */
  | { readonly state: "elsewhere" }
  | { readonly state: "failed"; readonly words: string }
  | { readonly state: "open"; readonly model: ChatModel }

/** The chat of this tab. It is opened by its page and continues while the person looks at other pages. */
export const chat = signal<ChatState>({ state: "closed" })

let generation = 0
let stopFollowing = (): void => {}
/** The storage is free again when this settles. */
let closing: Promise<void> = Promise.resolve()

const transportOf = (opened: ApplicationLink): ChatTransport => ({
  request: (body) => opened.request(Channel.chat, body),
  onEvent: (listener) => opened.onEvent(Channel.chat, listener),
  closed: opened.closed,
})

/** Connects the chat over each new link, until the server says that it is of no use. */
function follow(model: ChatModel): () => void {
  return effect(() => {
    const opened = link.value
    if (opened === undefined) return
    model.client.connect(transportOf(opened)).catch((error: unknown) => {
      if (hasCode(error, "application/closed") || link.peek() !== opened) return
      const words = plainWords(error)
      if (mayPass(error)) {
        toast(words)
        opened.close() // a fresh link is a fresh try
        return
      }
      closeChat()
      chat.value = { state: "failed", words }
    })
  })
}

/** Opens the chat of who is signed in, where it is not open. @param takeOver from another tab */
export async function openChat(takeOver = false): Promise<void> {
  const person = signedIn.peek()
  const { state } = chat.peek()
  if (person === undefined || state === "open" || state === "opening") return
  const mine = ++generation
  chat.value = { state: "opening" }
  try {
    await closing
    const identity = await pinnedIdentity()
    if (identity === undefined) throw new TypeError("signed in, but no server was ever met")
    const storage = await openBrowserChatStorage(nameKey(person.name), takeOver)
    if (storage === undefined) {
      if (mine === generation) chat.value = { state: "elsewhere" }
      return
    }
    if (mine !== generation) return storage.close()
    const model = await ChatModel.open({
      storage,
      serverIdentity: identity,
      name: person.name,
      fileLink: fileLink(person.token),
      onMessage: (room, entry) =>
        notify(
          room.kind === "direct" ? room.title : `${entry.sender.name} · ${room.title}`,
          model.summary(entry) ?? "",
          room.roomId,
          () => navigate(roomPath(room.roomId)),
        ),
      onProblem: toast,
    })
    if (mine !== generation) return await model.close()
    void storage.lost.then(() => {
      if (mine === generation && chat.peek().state === "open") {
        closeChat()
        chat.value = { state: "elsewhere" }
      }
    })
    chat.value = { state: "open", model }
    stopFollowing = follow(model)
    void keepPages()
  } catch (error) {
    if (mine === generation) chat.value = { state: "failed", words: plainWords(error) }
  }
}

/** Ends the chat in this tab; what it keeps stays. */
function closeChat(): void {
  generation++
  stopFollowing()
  stopFollowing = () => {}
  const now = chat.peek()
  chat.value = { state: "closed" }
  if (now.state === "open") closing = now.model.close()
}

/** Deletes what this browser keeps of the chat. */
export async function wipeChat(): Promise<void> {
  generation++
  stopFollowing()
  stopFollowing = () => {}
  const now = chat.peek()
  chat.value = { state: "closed" }
  if (now.state === "open") await now.model.wipe()
  await forgetPages()
}

let wasSignedIn = false
effect(() => {
  const isSignedIn = signedIn.value !== undefined
  if (!isSignedIn) closeChat()
  // Received files lie readable in the browser's private folder: who signs out leaves none behind.
  if (wasSignedIn && !isSignedIn) closing = closing.then(() => clearReceived(0))
  wasSignedIn = isSignedIn
})
