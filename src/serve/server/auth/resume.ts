import { toHex } from "@sourceprint/core/bytes.js"
import { isFresh } from "@sourceprint/protocol/clock-skew.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { AuthDeps, SignedIn } from "./auth-deps.js"
import type { Connection } from "./connection.js"
import type { Received } from "./secure-peer.js"

/** Goes on with a session that an earlier connection opened, under its token. Unknown, expired, revoked and disabled
 *  look alike: the same look-ups, the same answer. The audit log has the reason.
 *  @returns undefined when refused; "again" when the peer was told to wait and may send the same message once more */
export async function resume(
  deps: AuthDeps,
  { peer, address }: Connection,
  { message, bytes }: Received<typeof MessageType.resume>,
): Promise<SignedIn | "again" | undefined> {
  const { crypto, store, limits, audit, clock, policy } = deps
  const nowMs = clock.nowMs()
  const attempt = { accountId: undefined, deviceId: undefined, address }
  const waitMs = await limits.waitMs(attempt, nowMs)
  if (waitMs > 0) {
    await audit.write({ event: "resume", reason: "limit", address })
    await peer.send({ type: MessageType.busy, retryAfterMs: Math.ceil(waitMs) })
    return "again"
  }
  const requestSha256 = await crypto.sha256(bytes)
  const session = await store.session(toHex(await crypto.sha256(message.token)), nowMs)
  const account = await store.account(session?.accountId ?? "none")
  const facts = { event: "resume", address, accountId: account?.id, deviceId: session?.deviceId } as const
  const fresh = isFresh(message.clientTimeMs, 0, nowMs, policy.maxSkewMs)
  if (session === undefined || account === undefined || account.disabled || !fresh) {
    await limits.failed(attempt, nowMs)
    await audit.write({ ...facts, reason: fresh ? "token" : "freshness" })
    await peer.decide(Outcome.fail, requestSha256)
    return undefined
  }
  await audit.writeFirst({ ...facts, reason: "passed" }, session.tokenHash)
  peer.allowImages()
  await peer.decide(Outcome.pass, requestSha256, { token: message.token, expiresAtMs: session.expiresAtMs })
  return { account, session, address, peer }
}
