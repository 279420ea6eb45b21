import { useSignal } from "@preact/signals"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { useEffect } from "preact/hooks"
import { DemoPanel } from "../demo/demo-panel.js"
import type { ProofEnd } from "../proof/prove-factors.js"
import { runSignIn } from "../proof/sign-in.js"
import { useProving } from "../proof/use-proving.js"
import { navigate } from "../router.js"
import { loadServerFacts } from "../session/server-facts.js"
import { newcomer, sessionEnded, signedIn } from "../session/session-store.js"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { CheckBox } from "../ui/check-box.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import { PasswordField } from "../ui/password-field.js"
import { TextField } from "../ui/text-field.js"
import { IdentityChange } from "./identity-change.js"
import { ProvingPage } from "./proving-page.js"

/** What a person may do after a refusal; which check failed is not told. */
function refusalWords(ended: Exclude<ProofEnd, { end: "passed" }>): string {
  if (ended.end === "clock") return ended.words
  if (ended.end === "device")
    return (
      "This server takes sign-ins from a scanner's own program only: use `sourceprint client login` beside " +
      "the scanner."
    )
  if (!ended.proving) return "The server refused. Check the name and the password."
  return (
    "That was not enough to let you in. Use the finger and the scanner, or the face, that you signed up " +
    "with; dry and clean the finger, or find better light; then try again."
  )
}

export function SignInPage() {
  const name = useSignal(newcomer.peek() ?? "")
  const password = useSignal("")
  const keep = useSignal(false)
  const { stage, refused, prove } = useProving()
  useEffect(() => {
    void loadServerFacts()
    if (signedIn.peek() !== undefined) navigate("/chat", { replace: true })
  }, [])

  const signIn = async (): Promise<void> => {
    const canonical = canonicalName(name.value)
    if (canonical === undefined) {
      refused.value = "Write your name as you did when you signed up."
      return
    }
    sessionEnded.value = undefined
    await prove(async (mine) => {
      const person = { name: canonical, password: password.value }
      const ended = await runSignIn(person, mine, keep.value ? "browser" : "tab")
      if (ended.end !== "passed") return refusalWords(ended)
      password.value = ""
      if (newcomer.value !== canonical) newcomer.value = undefined
      navigate(newcomer.value === undefined ? "/chat" : "/account", { replace: true })
      return undefined
    })
  }

  if (stage.value !== undefined)
    return (
      <ProvingPage
        title={`Sign in as ${canonicalName(name.value)}`}
        name={name.value}
        stage={stage.value}
        purpose="sign-in"
      />
    )
  return (
    <Page title="Sign in" aside={<DemoPanel name={name.value} />}>
      {sessionEnded.value !== undefined && <Notice kind="warn">{sessionEnded.value}</Notice>}
      <IdentityChange />
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
          autocapitalize="off"
          spellcheck={false}
          required
          maxLength={200}
          {...boundTo(name)}
        />
        <PasswordField
          label="Password"
          name="password"
          autocomplete="current-password"
          required
          {...boundTo(password)}
        />
        <CheckBox
          label="Stay signed in on this computer"
          hint="Only on a computer that is yours alone. Otherwise closing this tab signs you out."
          checked={keep.value}
          onChange={(checked) => {
            keep.value = checked
          }}
        />
        {refused.value !== undefined && <Notice kind="bad">{refused.value}</Notice>}
        <Button type="submit" kind="primary">
          Sign in
        </Button>
      </form>
      <p class="aside">
        No account yet? <a href="/sign-up">Sign up</a>
      </p>
    </Page>
  )
}
