import type { KeyStretching } from "./opaque.js"

/** The client's end of OPAQUE. Stretching a password takes a second of a core, so a page runs it in a worker: the
 *  answers may come later. `finish` is undefined for a wrong password, an unknown name and a false server alike. */
export interface PasswordProof {
  /** The client's first OPAQUE step of a sign-in. */
  startLogin(password: string): Promise<StartedLogin>
  /** The client's first OPAQUE step of a sign-up. */
  startRegistration(password: string): Promise<StartedRegistration>
}

export interface StartedLogin {
  readonly ke1: Uint8Array
  finish(
    ke2: Uint8Array,
    name: string,
    stretching?: KeyStretching,
  ): Promise<{ readonly ke3: Uint8Array; readonly sessionKey: Uint8Array } | undefined>
}

export interface StartedRegistration {
  readonly request: Uint8Array
  finish(response: Uint8Array, name: string, stretching?: KeyStretching): Promise<Uint8Array | undefined>
}
