import { client, ready, server } from "@serenity-kit/opaque"
import { fromBase64Url, toBase64Url } from "@sourceprint/core/base64url.js"
import { nameKey } from "./account-name.js"

/** OPAQUE (RFC 9807) as bytes. The library speaks base64url and throws on malformed input; here malformed is undefined,
 *  as everywhere in the protocol. Await `opaqueReady` once before any call. */
export const opaqueReady: Promise<void> = ready

/** Argon2id cost at the client. Both sign-up and sign-in of an account must use the same. */
export interface KeyStretching {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
}

/** RFC 9106 section 4, second recommended option. */
const defaultStretching: KeyStretching = { memoryKib: 64 * 1024, iterations: 3, parallelism: 4 }

const SERVER_IDENTIFIER = "sourceprint"
const identifiersOf = (name: string) => ({ client: nameKey(name), server: SERVER_IDENTIFIER })
const stretchingOf = ({ memoryKib: memory, iterations, parallelism }: KeyStretching) => ({
  "argon2id-custom": { memory, iterations, parallelism },
})

function decoded(text: string): Uint8Array {
  const bytes = fromBase64Url(text)
  if (bytes === undefined) throw new TypeError("the OPAQUE library did not answer in base64url")
  return bytes
}

/** Every throw of the library is about its input. */
function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** One spelling of what was typed: systems differ in whether they compose "é". */
const spelled = (typed: string): string => typed.normalize("NFC")

/** Client end of a registration: a request now, a record for the server's response. */
export function startRegistration(typed: string): {
  readonly request: Uint8Array
  finish(response: Uint8Array, name: string, stretching?: KeyStretching): Uint8Array | undefined
} {
  const password = spelled(typed)
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password })
  return {
    request: decoded(registrationRequest),
    finish: (response, name, stretching = defaultStretching) =>
      orUndefined(() =>
        decoded(
          client.finishRegistration({
            password,
            registrationResponse: toBase64Url(response),
            clientRegistrationState,
            identifiers: identifiersOf(name),
            keyStretching: stretchingOf(stretching),
          }).registrationRecord,
        ),
      ),
  }
}

/** Client end of a sign-in. `finish` is undefined for a wrong password, an unknown name and a false server alike. */
export function startLogin(typed: string): {
  readonly ke1: Uint8Array
  finish(
    ke2: Uint8Array,
    name: string,
    stretching?: KeyStretching,
  ): { readonly ke3: Uint8Array; readonly sessionKey: Uint8Array } | undefined
} {
  const password = spelled(typed)
  const { clientLoginState, startLoginRequest } = client.startLogin({ password })
  return {
    ke1: decoded(startLoginRequest),
    finish(ke2, name, stretching = defaultStretching) {
      const result = orUndefined(() =>
        client.finishLogin({
          password,
          loginResponse: toBase64Url(ke2),
          clientLoginState,
          identifiers: identifiersOf(name),
          keyStretching: stretchingOf(stretching),
        }),
      )
      return result && { ke3: decoded(result.finishLoginRequest), sessionKey: decoded(result.sessionKey) }
    },
  }
}

/** The server's long-term OPAQUE secret, as text; kept sealed at rest. Losing it ends every password. */
export const createServerSetup = (): string => server.createSetup()

export function registrationResponse(setup: string, accountKey: string, request: Uint8Array): Uint8Array | undefined {
  return orUndefined(() =>
    decoded(
      server.createRegistrationResponse({
        serverSetup: setup,
        userIdentifier: accountKey,
        registrationRequest: toBase64Url(request),
      }).registrationResponse,
    ),
  )
}

/** Size of a registration record: 192 bytes with ristretto255 and SHA-512. */
export const RECORD_BYTES = 192

/** Server end of a sign-in. `record` undefined answers from a fake record: same size, same work.
 *  @param accountKey what the record was registered under, or would have been @param name canonical */
export function answerLogin(
  setup: string,
  accountKey: string,
  name: string,
  record: Uint8Array | undefined,
  ke1: Uint8Array,
): { readonly ke2: Uint8Array; finish(ke3: Uint8Array): Uint8Array | undefined } | undefined {
  const answer = orUndefined(() =>
    server.startLogin({
      serverSetup: setup,
      userIdentifier: accountKey,
      registrationRecord: record === undefined ? null : toBase64Url(record),
      startLoginRequest: toBase64Url(ke1),
      identifiers: identifiersOf(name),
    }),
  )
  if (answer === undefined) return undefined
  return {
    ke2: decoded(answer.loginResponse),
    finish: (ke3) =>
      orUndefined(() =>
        decoded(
          server.finishLogin({
            finishLoginRequest: toBase64Url(ke3),
            serverLoginState: answer.serverLoginState,
            identifiers: identifiersOf(name),
          }).sessionKey,
        ),
      ),
  }
}
