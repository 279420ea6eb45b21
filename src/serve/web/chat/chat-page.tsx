import { useSignal, useSignalEffect } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { path } from "../router.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import "./chat.css"
import { ChatLayout } from "./chat-layout.js"
import { chat, openChat } from "./chat-store.js"
import { roomOfPath } from "./room-path.js"

/** The chat of who is signed in. */
export function ChatPage() {
  useEffect(() => void openChat(), [])
  const ready = useSignal(false)
  useSignalEffect(() => {
    const { value: now } = chat
    if (now.state !== "open") {
      ready.value = false
      return
    }
    void now.model.show(roomOfPath(path.value)).then(() => {
      ready.value = true
    })
  })
  const { value: now } = chat
  switch (now.state) {
    case "open":
      return ready.value ? <ChatLayout model={now.model} /> : null
    case "elsewhere":
      return (
        <div class="chat-alone">
          <Page title="The chat is open in another tab">
            <p>Its keys change with every message, so one tab at a time has them.</p>
            <div class="actions">
              <Button kind="primary" onClick={() => void openChat(true)}>
                Use it here
              </Button>
            </div>
          </Page>
        </div>
      )
    case "failed":
      return (
        <div class="chat-alone">
          <Page title="Chat">
            <Notice kind="bad" title="The chat could not be opened">
              <p>{now.words}</p>
            </Notice>
            <div class="actions">
              <Button onClick={() => void openChat()}>Try again</Button>
            </div>
          </Page>
        </div>
      )
    case "opening":
    case "closed":
      return (
        <p class="nothing-open" role="status">
          Opening the chat…
        </p>
      )
  }
}
