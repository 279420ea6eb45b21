import { signal } from "@preact/signals"
import type { ClientSession } from "../../../protocol/client-session.js"
import { forgetSession, type KeptSession, keepSession, keptSession } from "./kept-session.js"
import { dropLink, followLink } from "./live-link.js"

/** Who is signed in on this page; undefined: nobody. The connection comes and goes: see `live-link.ts`. */
export const signedIn = signal<KeptSession | undefined>(undefined)
/** False until it is known whether this tab goes on with an earlier session. */
export const sessionKnown = signal(false)
/** Why the last session ended where the person did not end it. */
export const sessionEnded = signal<string | undefined>(undefined)

const onRefused = (): void => {
  sessionEnded.value = "Your session has ended: it expired, or was signed out elsewhere. Sign in again."
  void leave()
}

/** After a pass on `session`. */
export async function enter(
  person: KeptSession,
  session: ClientSession,
  keepIn: "tab" | "browser",
): Promise<void> {
  sessionEnded.value = undefined
  await keepSession(person, keepIn)
  followLink(person.token, onRefused, session)
  signedIn.value = person
}

/** Once, when the pages start. */
export async function goOn(): Promise<void> {
  const kept = await keptSession()
  if (kept !== undefined) {
    followLink(kept.token, onRefused)
    signedIn.value = kept
  }
  sessionKnown.value = true
}

/** Forgets the session on this page and in this browser. */
export async function leave(): Promise<void> {
  dropLink()
  signedIn.value = undefined
  await forgetSession()
}
