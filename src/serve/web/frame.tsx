import type { ComponentChildren } from "preact"
import { signOut } from "./account/sign-out.js"
import { isOperator } from "./operator/operator-link.js"
import { failureWords } from "./session/failure-words.js"
import { linkFailure, linkState, tryNow } from "./session/live-link.js"
import { signedIn } from "./session/session-store.js"
import { Brand, NavLink, SkipLink } from "./ui/frame-parts.js"
import { Toasts } from "./ui/toasts.js"

/** Says when who is signed in has no connection; the pages continue with what they have. */
function ConnectionBar() {
  const words =
    linkState.value === "waiting"
      ? "No connection to the server. Trying again by itself…"
      : linkState.value === "stopped"
        ? failureWords(linkFailure.value)
        : undefined
  return (
    <div class={words === undefined ? "connection" : "connection lost"}>
      <p role="status">{words}</p>
      {linkState.value === "waiting" && (
        <button type="button" class="link-button" onClick={tryNow}>
          Try now
        </button>
      )}
    </div>
  )
}

/** What surrounds every page: the way between the pages, and the place for passing messages. */
export function Frame({ wide, children }: { wide: boolean; children: ComponentChildren }) {
  return (
    <div class={wide ? "frame wide" : "frame"}>
      <SkipLink />
      <header class="bar">
        <Brand />
        <nav aria-label="Pages">
          {signedIn.value === undefined ? (
            <>
              <NavLink href="/sign-in">Sign in</NavLink>
              <NavLink href="/sign-up">Sign up</NavLink>
            </>
          ) : (
            <>
              <NavLink href="/chat">Chat</NavLink>
              <NavLink href="/account">Account</NavLink>
              {isOperator.value === true && <NavLink href="/operator">Operator</NavLink>}
              <button type="button" class="nav-button" onClick={() => void signOut()}>
                Sign out
              </button>
            </>
          )}
        </nav>
      </header>
      <ConnectionBar />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
    </div>
  )
}
