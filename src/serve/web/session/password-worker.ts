import { localPasswordProof } from "@sourceprint/protocol/local-password-proof.js"
import type { StartedLogin, StartedRegistration } from "@sourceprint/protocol/password-proof.js"
import type { PasswordAnswer, PasswordRequest } from "./password-request.js"

/** Stretching a password takes a second of one core: it is done here, away from the page. */
const logins = new Map<number, StartedLogin>()
const registrations = new Map<number, StartedRegistration>()

async function answer(request: PasswordRequest): Promise<PasswordAnswer["result"]> {
  switch (request.step) {
    case "startLogin": {
      const login = await localPasswordProof.startLogin(request.password)
      logins.set(request.id, login)
      return { ke1: login.ke1 }
    }
    case "finishLogin": {
      const login = logins.get(request.id)
      logins.delete(request.id)
      return login?.finish(request.message, request.name)
    }
    case "startRegistration": {
      const registration = await localPasswordProof.startRegistration(request.password)
      registrations.set(request.id, registration)
      return { request: registration.request }
    }
    case "finishRegistration": {
      const registration = registrations.get(request.id)
      registrations.delete(request.id)
      const record = await registration?.finish(request.message, request.name)
      return record && { record }
    }
  }
}

addEventListener("message", ({ data }: MessageEvent<PasswordRequest>) => {
  answer(data).then(
    (result) => postMessage({ id: data.id, result } satisfies PasswordAnswer),
    (error: unknown) => postMessage({ id: data.id, failed: String(error) } satisfies PasswordAnswer),
  )
})
