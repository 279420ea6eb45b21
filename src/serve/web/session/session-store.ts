import { signal } from "@preact/signals"
import type { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { forgetSession, type KeptSession, keepSession, keptSession } from "./kept-session.js"
import { followLink, releaseLink } from "./live-link.js"

/** Who is signed in on this page; undefined: nobody. The connection comes and goes: see `live-link.ts`. */
export const signedIn = signal<KeptSession | undefined>(undefined)
/** False until it is known whether this tab continues with an earlier session. */
export const sessionKnown = signal(false)
/** Why the last session ended where the person did not end it. */
export const sessionEnded = signal<string | undefined>(undefined)

/** The name that has just signed up on this page: shown the first steps at the first sign-in. */
export const newcomer = signal<string | undefined>(undefined)

const onRefused = (): void => {
  sessionEnded.value = "Your session has ended: it expired, or was signed out elsewhere. Sign in again."
  void signOutLocally()
}

/** After a pass on `session`. */
export async function startSession(
  person: KeptSession,
  session: ClientSession,
  keepIn: "tab" | "browser",
): Promise<void> {
  sessionEnded.value = undefined
  await keepSession(person, keepIn)
  followLink(person.token, onRefused, session)
  signedIn.value = person
}

/** The browser keeps nothing for these pages: a private window, site data forbidden, a full disk. */
export const keepsNothing = signal(false)

/** Once, when the pages start. */
export async function restoreSession(): Promise<void> {
  try {
    const kept = await keptSession()
    if (kept !== undefined) {
      followLink(kept.token, onRefused)
      signedIn.value = kept
    }
    sessionKnown.value = true
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    keepsNothing.value = true
  }
}

/** Forgets the session on this page and in this browser, at once. @returns the link, for a last message to the server;
 *  whoever takes it closes it */
export async function detachSession(): Promise<ApplicationLink | undefined> {
  const released = releaseLink()
  signedIn.value = undefined
  await forgetSession()
  return released
}

/** Forgets the session on this page and in this browser. */
export async function signOutLocally(): Promise<void> {
  ;(await detachSession())?.close()
}
