import { signedIn } from "../session/session-store.js"
import { Page } from "../ui/page.js"

export function ChatPage() {
  return (
    <Page title="Chat">
      <p>
        You are signed in as <strong>{signedIn.value?.name}</strong>.
      </p>
    </Page>
  )
}
