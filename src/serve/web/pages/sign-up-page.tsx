import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { DemoPanel } from "../demo/demo-panel.js"
import type { ProofEnd } from "../proof/prove-factors.js"
import { type NewPerson, runSignUp } from "../proof/sign-up.js"
import { useProving } from "../proof/use-proving.js"
import { factsFailure, loadServerFacts, serverFacts } from "../session/server-facts.js"
import { newcomer } from "../session/session-store.js"
import { Button, ButtonLink } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import { IdentityChange } from "./identity-change.js"
import { ProvingPage } from "./proving-page.js"
import { clearSignUpDraft, signUpDraft } from "./sign-up-draft.js"
import { SignUpForm } from "./sign-up-form.js"

function refusalWords(ended: Exclude<ProofEnd, { end: "passed" }>, coded: boolean): string {
  if (ended.end === "clock") return ended.words
  if (ended.end === "device")
    return (
      "This server takes sign-ups from a scanner's own program only: use `sourceprint client enroll` beside " +
      "the scanner."
    )
  if (ended.proving)
    return (
      "The captures were not good enough, or not of one person. Nothing was stored: try again, with a clean " +
      "dry finger, or in better light."
    )
  return coded
    ? "Refused: the name is taken, or the code is not valid any more. Check the code, or choose another " +
        "name; if you have just signed up under this one, sign in."
    : "This name is taken. Choose another one; if you have just signed up under it, sign in."
}

export function SignUpPage() {
  const { stage, refused, prove } = useProving()
  const person = useSignal<NewPerson | undefined>(undefined)
  const { name } = signUpDraft
  const done = useSignal(false)
  useEffect(() => void loadServerFacts(), [])
  const facts = serverFacts.value

  const signUp = async (wanted: NewPerson): Promise<void> => {
    person.value = wanted
    await prove(async (mine) => {
      const ended = await runSignUp(wanted, mine)
      if (ended.end !== "passed") return refusalWords(ended, facts?.enrolment === "code")
      done.value = true
      clearSignUpDraft()
      newcomer.value = wanted.name
      return undefined
    })
  }

  if (done.value)
    return (
      <Page title={`Welcome, ${person.value?.name}`}>
        <Notice kind="good">Your account is made.</Notice>
        <p>
          Sign in once now. Then you can get recovery codes and add a passkey, for the day when the scanner or the
          camera is not there.
        </p>
        <p class="actions">
          <ButtonLink kind="primary" href="/sign-in">
            Sign in
          </ButtonLink>
        </p>
      </Page>
    )
  if (stage.value !== undefined)
    return (
      <ProvingPage title={`Sign up as ${person.value?.name}`} name={name.value} stage={stage.value} purpose="sign-up" />
    )
  return (
    <Page title="Sign up" aside={<DemoPanel name={name.value} />}>
      <IdentityChange />
      {factsFailure.value !== undefined && (
        <Notice kind="bad">
          <p>{factsFailure.value}</p>
          <p>
            <Button onClick={() => void loadServerFacts()}>Ask it again</Button>
          </p>
        </Notice>
      )}
      {facts?.enrolment === "closed" ? (
        <Notice kind="warn" title="This server takes no new people">
          <p>Its operator has closed sign-up.</p>
        </Notice>
      ) : (
        <SignUpForm facts={facts} before={person.value} refused={refused.value} onReady={signUp} />
      )}
      <p class="aside">
        You have an account? <a href="/sign-in">Sign in</a>
      </p>
    </Page>
  )
}
