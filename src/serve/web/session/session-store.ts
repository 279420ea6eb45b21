import { signal } from "@preact/signals"
import type { ClientSession } from "../../../protocol/client-session.js"

/** Somebody who passed, and the live connection on which they did. */
export interface SignedIn {
  /** Canonical. */
  readonly name: string
  /** 32 bytes; a new connection goes on under it until `expiresAtMs`. */
  readonly token: Uint8Array
  readonly expiresAtMs: number
  readonly session: ClientSession
}

/** Who is signed in on this page; undefined: nobody. */
export const signedIn = signal<SignedIn | undefined>(undefined)

/** Ends the session on this page. */
export function signOut(): void {
  signedIn.value?.session.close()
  signedIn.value = undefined
}
