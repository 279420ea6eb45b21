/** What the page asks of its password worker; one at a time for each `id`. */
export type PasswordRequest = { readonly id: number } & (
  | { readonly step: "startLogin" | "startRegistration"; readonly password: string }
  | {
      readonly step: "finishLogin" | "finishRegistration"
      readonly message: Uint8Array
      readonly name: string
    }
)

export interface PasswordAnswer {
  readonly id: number
  /** By step: `ke1`; `ke3` and `sessionKey`; `request`; `record`. Undefined: what the other end sent does not fit. */
  readonly result?: Readonly<Record<string, Uint8Array>> | undefined
  /** The worker could not do its work: no memory for the stretching, say. */
  readonly failed?: string
}
