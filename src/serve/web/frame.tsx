import type { ComponentChildren } from "preact"
import { signOut } from "./account/sign-out.js"
import { isOperator } from "./operator/operator-link.js"
import { path } from "./router.js"
import { failureWords } from "./session/failure-words.js"
import { linkFailure, linkState, tryNow } from "./session/live-link.js"
import { signedIn } from "./session/session-store.js"
import { Toasts } from "./ui/toasts.js"

function NavLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} aria-current={path.value.startsWith(href) ? "page" : undefined}>
      {children}
    </a>
  )
}

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
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M6 20v-4a10 10 0 0 1 20 0v3" />
            <path d="M10.5 24v-8a5.5 5.5 0 0 1 11 0v6" />
            <path d="M16 15.5v11" />
          </svg>
          sourceprint
        </a>
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
