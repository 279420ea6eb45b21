import { signedIn } from "../session/session-store.js"
import { ButtonLink } from "../ui/button.js"
import { Page } from "../ui/page.js"

export function HomePage() {
  const person = signedIn.value
  return (
    <Page
      title="Prove who you are. Then talk in private."
      lead="Sign in with a password and your finger or face, and write to others in rooms that this server cannot read."
    >
      <p class="actions">
        {person === undefined ? (
          <>
            <ButtonLink kind="primary" href="/sign-in">
              Sign in
            </ButtonLink>
            <ButtonLink href="/sign-up">Sign up</ButtonLink>
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
      </ul>
    </Page>
  )
}
