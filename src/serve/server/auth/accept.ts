import { toHex } from "@sourceprint/core/bytes.js"
import { knownBrowserToken } from "@sourceprint/protocol/known-browser.js"
import { Outcome } from "@sourceprint/protocol/message.js"
import type { AuthDeps, SignedIn } from "./auth-deps.js"
import type { Proven, SignInContext } from "./factor-proof.js"
import { browserIdOf } from "./known-browser-id.js"

/** The end of a sign-in: session, factors proven, images never to pass again and audit entry in one transaction, then
 *  the pass. Undefined where one of the images passed somewhere else meanwhile, or the recovery code is none. */
export async function accept(
  deps: AuthDeps,
  { connection: { peer, address }, claim, account, facts, browserId }: Omit<SignInContext, "chosen">,
  { factors, imageDigests, detail, requestSha256, recoveryHash, deviceId = claim.device?.id }: Proven,
): Promise<SignedIn | undefined> {
  const { crypto, store, audit, clock, policy, metrics } = deps
  const token = crypto.randomBytes(32)
  const createdAtMs = clock.nowMs()
  const session = {
    tokenHash: toHex(await crypto.sha256(token)),
    accountId: account.id,
    deviceId,
    factors,
    createdAtMs,
    expiresAtMs: createdAtMs + policy.sessionMs,
  }
  const accountId = account.id
  const browser =
    claim.device === undefined
      ? { id: await browserIdOf(deps, await knownBrowserToken(crypto, token)), before: browserId }
      : undefined
  const passed = audit.event(
    facts("passed", { accountId, deviceId, ...(Object.keys(detail).length > 0 && { detail }) }),
  )
  const stored = await metrics.timed("store", () =>
    store.acceptSignIn({
      session,
      imageDigests: policy.refuseSeenImages ? imageDigests : [],
      recoveryHash,
      ...(browser && { browser }),
      audit: passed,
    }),
  )
  if (stored !== "accepted") {
    await audit.write(facts(stored, { accountId }))
    await peer.decide(Outcome.fail, requestSha256)
    return undefined
  }
  metrics.outcome("sign-in", "passed")
  await peer.decide(Outcome.pass, requestSha256, { token, expiresAtMs: session.expiresAtMs })
  return { account, session, address, peer }
}
