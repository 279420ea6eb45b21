import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { FactorProof } from "../factor-proof.js"
import { decodeCredential, encodeCredential, requestOptions, verifiedAnswer } from "./passkeys.js"

/** A passkey of the account answers a fresh WebAuthn challenge, for this server's pages. */
export const passkeyProof: FactorProof = {
  factor: "passkey",
  async prove({ policy, keys, store, audit, crypto, clock }, { connection, account, templates, facts, tries }) {
    const settings = policy.passkeys
    if (settings === undefined) throw new TypeError("a policy with a passkey needs its settings")
    const { peer } = connection
    const sealed = templates.filter(({ modality }) => modality === "passkey")
    const known = sealed.map((one) => decodeCredential(keys.open(one.sealed, `template/${one.id}`)))
    for (let remaining = policy.capturesPerSignIn; remaining > 0; remaining--) {
      const options = await requestOptions(settings, known)
      await peer.send({ type: MessageType.passkeyChallenge, options: utf8(JSON.stringify(options)) })
      const received = await peer.receive(["passkey"], policy.challengeMs)
      if (typeof received === "string") {
        await audit.write(facts(received, { accountId: account.id }))
        return received === "size" || received === "decryption" ? "refused" : "gone"
      }
      const requestSha256 = await crypto.sha256(received.bytes)
      const nonce = toHex(await crypto.sha256(utf8(`passkey ${options.challenge}`)))
      const once = await store.consumeNonce(nonce, clock.nowMs())
      const answered = await verifiedAnswer(settings, options.challenge, received.message.answer, known)
      const kept = answered && sealed[known.findIndex(({ id }) => id === answered.id)]
      if (once && answered !== undefined && kept !== undefined) {
        const after = keys.seal(encodeCredential(answered), `template/${kept.id}`)
        // Of two answers at once under one counter, one wins.
        if (await store.replaceSealed("template", kept.id, kept.sealed, after)) {
          await tries.judged(undefined)
          return { factors: ["passkey"], imageDigests: [], detail: {}, requestSha256 }
        }
      }
      await tries.judged("passkey")
      const again = remaining > 1
      await audit.write(facts("passkey", { accountId: account.id, detail: { remaining: remaining - 1 } }))
      await peer.decide(again ? Outcome.retry : Outcome.fail, requestSha256)
      if (!again) return "refused"
    }
    return "refused"
  },
}
