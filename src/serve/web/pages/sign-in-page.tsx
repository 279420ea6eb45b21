import { useSignal } from "@preact/signals"
import { canonicalName } from "../../../protocol/account-name.js"
import { MessageType, Outcome } from "../../../protocol/message.js"
import { navigate } from "../router.js"
import { failureWords } from "../session/failure-words.js"
import { openSession } from "../session/open-session.js"
import { enter } from "../session/session-store.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import { PasswordField } from "../ui/password-field.js"
import { TextField } from "../ui/text-field.js"

export function SignInPage() {
  const name = useSignal("")
  const password = useSignal("")
  const busy = useSignal(false)
  const refused = useSignal<string | undefined>(undefined)

  const signIn = async (): Promise<void> => {
    const canonical = canonicalName(name.value)
    if (canonical === undefined) {
      refused.value = "Write your name as you did when you signed up."
      return
    }
    busy.value = true
    refused.value = undefined
    try {
      const session = await openSession()
      const answer = await session.signIn({ name: canonical, password: password.value })
      if (answer.type === MessageType.busy) {
        refused.value = `Too many attempts. Try again in ${Math.ceil(answer.retryAfterMs / 1000)} seconds.`
      } else if (answer.type === MessageType.decision && answer.outcome === Outcome.pass) {
        await enter({ name: canonical, token: answer.token, expiresAtMs: answer.expiresAtMs }, session, "tab")
        navigate("/chat", { replace: true })
        return
      } else refused.value = "The server refused this sign-in."
      session.close()
    } catch (error) {
      refused.value = failureWords(error)
    } finally {
      busy.value = false
    }
  }

  return (
    <Page title="Sign in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault()
          void signIn()
        }}
      >
        <TextField
          label="Name"
          name="username"
          autocomplete="username"
          required
          maxLength={200}
          value={name.value}
          onText={(text) => {
            name.value = text
          }}
        />
        <PasswordField
          label="Password"
          name="password"
          autocomplete="current-password"
          required
          value={password.value}
          onText={(text) => {
            password.value = text
          }}
        />
        {refused.value !== undefined && <Notice kind="bad">{refused.value}</Notice>}
        <Button type="submit" kind="primary" busy={busy.value}>
          Sign in
        </Button>
      </form>
      <p class="aside">
        No account yet? <a href="/sign-up">Sign up</a>
      </p>
    </Page>
  )
}
