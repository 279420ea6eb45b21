import { useEffect } from "preact/hooks"
import { isKnownToSomebody } from "../session/known-browser.js"
import { loadServerFacts, serverFacts } from "../session/server-facts.js"
import { signedIn } from "../session/session-store.js"
import { ButtonLink } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { Page } from "../ui/page.js"
import { SignInPicture } from "./sign-in-picture.js"

export function HomePage() {
  useEffect(() => void loadServerFacts(), [])
  const person = signedIn.value
  const facts = serverFacts.value
  // Newcomers need an account first; who has signed in here before, or may not sign up, does not.
  const isNew = !isKnownToSomebody() && facts?.enrolment !== "closed"
  return (
    <Page
      title="Prove who you are. Then talk in private."
      lead={
        "sourceprint asks of a fingerprint which scanner took it, whose finger it is, and whether this person may " +
        "come in. Here it lets people sign in with a password and a finger or face, and write in rooms that this " +
        "server cannot read."
      }
      aside={<SignInPicture />}
    >
      {facts?.demo && (
        <Notice title="This is a demonstration">
          <p>Its scanners and fingers are simulated, so anybody can try it; a small panel lends you a finger.</p>
        </Notice>
      )}
      <p class="actions">
        {person === undefined ? (
          <>
            <ButtonLink kind={isNew ? "primary" : "plain"} href="/sign-up">
              Sign up
            </ButtonLink>
            <ButtonLink kind={isNew ? "plain" : "primary"} href="/sign-in">
              Sign in
            </ButtonLink>
          </>
        ) : (
          <ButtonLink kind="primary" href="/chat">
            Open the chat
          </ButtonLink>
        )}
      </p>
      <ul class="points">
        <li>
          <strong>Your password stays with you.</strong> The server checks a proof of it and never learns it.
        </li>
        <li>
          <strong>Who and what took the print.</strong> A finger counts only from the scanner it was enrolled with.
        </li>
        <li>
          <strong>Rooms are sealed end to end.</strong> Keys are made in this browser and never leave it.
        </li>
        <li>
          <strong>For researchers.</strong> Data, experiments and reports are on the computer of whoever runs this
          server: <code>sourceprint ui</code> shows them there.
        </li>
      </ul>
    </Page>
  )
}
