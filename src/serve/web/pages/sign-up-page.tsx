import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { canonicalName } from "../../../protocol/account-name.js"
import { MessageType, Outcome } from "../../../protocol/message.js"
import { failureWords } from "../session/failure-words.js"
import { nameFault, nameNote } from "../session/name-words.js"
import { openSession } from "../session/open-session.js"
import { MIN_PASSWORD_LENGTH, passwordStrength } from "../session/password-strength.js"
import { loadServerFacts, serverFacts } from "../session/server-facts.js"
import { Button, ButtonLink } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import { PasswordField } from "../ui/password-field.js"
import { TextField } from "../ui/text-field.js"

export function SignUpPage() {
  const name = useSignal("")
  const password = useSignal("")
  const again = useSignal("")
  const code = useSignal("")
  const busy = useSignal(false)
  const done = useSignal(false)
  const refused = useSignal<string | undefined>(undefined)
  useEffect(() => void loadServerFacts(), [])
  const facts = serverFacts.value
  const strength = passwordStrength(password.value, name.value)

  const signUp = async (): Promise<void> => {
    const canonical = canonicalName(name.value)
    if (canonical === undefined || strength.level === 0 || again.value !== password.value) return
    busy.value = true
    refused.value = undefined
    try {
      const session = await openSession()
      const answer = await session.enrol({
        name: canonical,
        password: password.value,
        enrolmentId: crypto.getRandomValues(new Uint8Array(32)),
        code: code.value,
        finger: "right-index",
      })
      session.close()
      if (answer.type === MessageType.busy) {
        refused.value = `Too many attempts. Try again in ${Math.ceil(answer.retryAfterMs / 1000)} seconds.`
      } else if (answer.type === MessageType.decision && answer.outcome === Outcome.pass) done.value = true
      else
        refused.value =
          facts?.enrolment === "code"
            ? "Refused: the name is taken, or the code is not valid or was used before."
            : "This name is taken. Choose another one."
    } catch (error) {
      refused.value = failureWords(error)
    } finally {
      busy.value = false
    }
  }

  if (done.value)
    return (
      <Page title={`Welcome, ${canonicalName(name.value)}`}>
        <Notice kind="good">Your account is made.</Notice>
        <p class="actions">
          <ButtonLink kind="primary" href="/sign-in">
            Sign in
          </ButtonLink>
        </p>
      </Page>
    )
  return (
    <Page title="Sign up">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault()
          void signUp()
        }}
      >
        <TextField
          label="Name"
          name="username"
          autocomplete="username"
          required
          hint={
            nameNote(name.value) ??
            "Others see it. Any language, up to 64 characters; capitals make no difference."
          }
          error={nameFault(name.value)}
          value={name.value}
          onText={(text) => {
            name.value = text
          }}
        />
        <PasswordField
          label="Password"
          autocomplete="new-password"
          required
          minLength={MIN_PASSWORD_LENGTH}
          hint={strength.words}
          value={password.value}
          onText={(text) => {
            password.value = text
          }}
        />
        <meter class="strength" aria-label="Strength of the password" max={4} value={strength.level} />
        <PasswordField
          label="Password again"
          autocomplete="new-password"
          required
          error={
            again.value !== "" && again.value !== password.value ? "The two passwords differ." : undefined
          }
          value={again.value}
          onText={(text) => {
            again.value = text
          }}
        />
        {facts?.enrolment === "code" && (
          <TextField
            label="Enrolment code"
            required
            autocomplete="off"
            hint="From the operator of this server; good for one account."
            value={code.value}
            onText={(text) => {
              code.value = text
            }}
          />
        )}
        {refused.value !== undefined && <Notice kind="bad">{refused.value}</Notice>}
        <Button type="submit" kind="primary" busy={busy.value}>
          Sign up
        </Button>
      </form>
      <p class="aside">
        You have an account? <a href="/sign-in">Sign in</a>
      </p>
    </Page>
  )
}
