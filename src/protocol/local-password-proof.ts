import { opaqueReady, startLogin, startRegistration } from "./opaque.js"
import type { PasswordProof } from "./password-proof.js"

/** OPAQUE on the thread that asks. */
export const localPasswordProof: PasswordProof = {
  async startLogin(password) {
    await opaqueReady
    const { ke1, finish } = startLogin(password)
    return {
      ke1,
      finish: (ke2, name, stretching) => Promise.resolve(finish(ke2, name, stretching)),
    }
  },
  async startRegistration(password) {
    await opaqueReady
    const { request, finish } = startRegistration(password)
    return {
      request,
      finish: (response, name, stretching) => Promise.resolve(finish(response, name, stretching)),
    }
  },
}
