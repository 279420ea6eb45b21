import type { AuthenticationResponseJSON, RegistrationResponseJSON, WebAuthnCredential } from "@simplewebauthn/server"
import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { z } from "zod"

/** The relying party of WebAuthn: what passkeys of this server are bound to. */
export interface PasskeySettings {
  /** The pages' host name, or a parent domain of it. */
  readonly rpId: string
  readonly rpName: string
  /** Where the pages come from: "https://host[:port]". */
  readonly origins: readonly string[]
}

/** Loaded when the first passkey is asked for. */
const webauthn = () => import("@simplewebauthn/server")

/** A credential as the store keeps it, sealed: nothing secret, but it names a device. */
const KeptCredential = z.object({ id: z.string(), publicKey: z.base64url(), counter: z.int() })

export const encodeCredential = ({ id, publicKey, counter }: WebAuthnCredential): Uint8Array => {
  const kept: z.infer<typeof KeptCredential> = {
    id,
    publicKey: Buffer.from(publicKey).toString("base64url"),
    counter,
  }
  return utf8(JSON.stringify(kept))
}

export function decodeCredential(bytes: Uint8Array): WebAuthnCredential {
  const { id, publicKey, counter } = KeptCredential.parse(JSON.parse(fromUtf8(bytes)))
  return { id, publicKey: new Uint8Array(Buffer.from(publicKey, "base64url")), counter }
}

/** What @simplewebauthn/server reads of an answer; it looks at everything in it and at the signature itself. */
const CredentialAnswer = z.looseObject({
  id: z.string(),
  rawId: z.string(),
  type: z.literal("public-key"),
  response: z.looseObject({ clientDataJSON: z.string() }),
})
const isAnswer = (value: unknown): boolean => CredentialAnswer.safeParse(value).success
const Registration = z.custom<RegistrationResponseJSON>(isAnswer)
const Authentication = z.custom<AuthenticationResponseJSON>(isAnswer)

const idsOf = (credentials: readonly WebAuthnCredential[]) => credentials.map(({ id }) => ({ id }))

/** What the page's navigator.credentials.create gets, with a fresh challenge. */
export const creationOptions = async (
  { rpId, rpName }: PasskeySettings,
  account: { readonly id: string; readonly name: string },
  known: readonly WebAuthnCredential[],
) =>
  (await webauthn()).generateRegistrationOptions({
    rpID: rpId,
    rpName,
    userName: account.name,
    userID: utf8(account.id),
    attestationType: "none",
    excludeCredentials: idsOf(known),
    authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
  })

/** The credential that a page made under this challenge, or undefined for any answer that does not hold. */
export async function verifiedCreation(
  { rpId, origins }: PasskeySettings,
  expectedChallenge: string,
  answer: Uint8Array,
): Promise<WebAuthnCredential | undefined> {
  const { verifyRegistrationResponse } = await webauthn()
  const verified = await orUndefined(() =>
    verifyRegistrationResponse({
      response: Registration.parse(JSON.parse(fromUtf8(answer))),
      expectedChallenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: false,
    }),
  )
  return verified?.verified === true ? verified.registrationInfo.credential : undefined
}

/** What the page's navigator.credentials.get gets, with a fresh challenge. */
export const requestOptions = async ({ rpId }: PasskeySettings, known: readonly WebAuthnCredential[]) =>
  (await webauthn()).generateAuthenticationOptions({
    rpID: rpId,
    allowCredentials: idsOf(known),
    userVerification: "preferred",
  })

/** The credential that answered, with its new counter, or undefined. A counter that does not rise (a cloned key) does
 *  not hold. */
export async function verifiedAnswer(
  { rpId, origins }: PasskeySettings,
  expectedChallenge: string,
  answer: Uint8Array,
  known: readonly WebAuthnCredential[],
): Promise<WebAuthnCredential | undefined> {
  const { verifyAuthenticationResponse } = await webauthn()
  return orUndefined(async () => {
    const response = Authentication.parse(JSON.parse(fromUtf8(answer)))
    const credential = known.find(({ id }) => id === response.id)
    if (credential === undefined) return undefined
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      credential,
      requireUserVerification: false,
    })
    return verified ? { ...credential, counter: authenticationInfo.newCounter } : undefined
  })
}

/** The library throws for whatever is wrong with an answer; a peer's answer is data, and wrong is all there is to
 *  say. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
