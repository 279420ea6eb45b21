import { nameKey } from "../../../protocol/account-name.js"
import { extendTranscript, sessionKeys } from "../../../protocol/key-schedule.js"
import { MessageType, Outcome } from "../../../protocol/message.js"
import { answerLogin } from "../../../protocol/opaque.js"
import { SecureChannel } from "../../../protocol/secure-channel.js"
import { toHex } from "../../../shared/bytes.js"
import type { Account } from "../../../shared/store/store.js"
import type { AuditFacts } from "./audit-writer.js"
import type { AuthDeps, SignedIn } from "./auth-deps.js"
import { imageDigest } from "./capture-checks.js"
import { captureRound } from "./capture-round.js"
import { type ClientClaim, type Connection, checkClaim } from "./connection.js"
import type { Reason } from "./reason.js"
import type { Received } from "./secure-peer.js"

type SignInStart = Received<typeof MessageType.signInStart>

/** Reasons that another touch may mend; all others end the attempt. */
const mendable: ReadonlySet<Reason> = new Set<Reason>(["quality", "finger", "scanner"])

/** From signInStart to the decision. Undefined when the peer was refused, is to come again, or is gone: the audit log
 *  has the reason. "again": the peer was told to wait and may send the same message once more. */
export async function signIn(
  deps: AuthDeps,
  connection: Connection,
  start: SignInStart,
): Promise<SignedIn | "again" | undefined> {
  const { crypto, store, limits, audit, keys, secrets, clock, metrics } = deps
  const { peer, address, handshake } = connection
  const { message } = start
  const facts = (reason: Reason, more: Partial<AuditFacts> = {}): AuditFacts => ({
    event: "sign-in",
    reason,
    address,
    deviceId: message.device?.deviceId,
    ...more,
  })

  const claim = await metrics.timed("device", () =>
    checkClaim(deps, connection, message.device, message.clientTimeMs),
  )
  if (typeof claim === "string") {
    await audit.write(facts(claim))
    await peer.decide(Outcome.fail, await crypto.sha256(start.bytes))
    return undefined
  }

  const found = await store.accountByName(nameKey(message.name))
  const account = found?.disabled ? undefined : found
  const attempt = {
    nameKey: nameKey(message.name),
    accountId: account?.id,
    deviceId: claim.device?.id,
    address,
  }
  const waitMs = await limits.admit(attempt, clock.nowMs())
  if (waitMs > 0) {
    await audit.write(facts("limit", { accountId: account?.id, detail: { waitMs: Math.round(waitMs) } }))
    await peer.send({ type: MessageType.busy, retryAfterMs: Math.ceil(waitMs) })
    return "again"
  }

  // An unknown name costs the same: a decoy is unsealed, OPAQUE answers from a fake record.
  const label = account === undefined ? "secret/decoy" : `account/${account.id}`
  const record = keys.open(account?.sealedRecord ?? secrets.decoyRecord, label)
  const login = await metrics.timed("opaque", () =>
    Promise.resolve(
      answerLogin(secrets.opaqueSetup, attempt.nameKey, message.name, account && record, message.ke1),
    ),
  )
  if (login === undefined) {
    await audit.write(facts("decryption"))
    return undefined
  }
  const answer = await peer.send({
    type: MessageType.signInResponse,
    serverTimeMs: clock.nowMs(),
    ke2: login.ke2,
  })
  const finish = await peer.receive([MessageType.signInFinish], deps.policy.handshakeMs)
  const sessionKey = typeof finish === "string" ? undefined : login.finish(finish.message.ke3)
  if (typeof finish === "string" || sessionKey === undefined || account === undefined) {
    // A client that sees KE2 fail under its password leaves without a word: that too was an attempt at a password.
    const reason: Reason = finish === "size" || finish === "decryption" ? finish : "password"
    await audit.write(facts(reason, { accountId: account?.id }))
    if (typeof finish !== "string") await peer.decide(Outcome.fail, await crypto.sha256(finish.bytes))
    return undefined
  }
  let transcript = handshake.h0
  for (const bytes of [start.bytes, answer, finish.bytes]) {
    transcript = await extendTranscript(crypto, transcript, bytes)
  }
  const sessionKeySet = await sessionKeys(crypto, handshake.dh, sessionKey, transcript)
  peer.changeKeys(await SecureChannel.create(crypto, sessionKeySet, "server"))

  const signedIn = deps.policy.finger
    ? await proveFinger(deps, connection, claim, account, facts)
    : await accept(deps, connection, claim, account, await crypto.sha256(finish.bytes), facts)
  if (signedIn === "gone") return void (await limits.forgive(attempt)) // the password was right
  if (signedIn !== undefined) await limits.passed(attempt)
  return signedIn
}

type Facts = (reason: Reason, more?: Partial<AuditFacts>) => AuditFacts

async function proveFinger(
  deps: AuthDeps,
  connection: Connection,
  claim: ClientClaim,
  account: Account,
  facts: Facts,
): Promise<SignedIn | "gone" | undefined> {
  const { policy, store, keys, audit, inspector } = deps
  const { device } = claim
  if (device === undefined) throw new TypeError("a policy with a finger admits no claim without a device")
  const references = (await store.templates(account.id))
    .filter((template) => template.modality === "finger" && template.matcherId === inspector.matcherId)
    .map((template) => keys.open(template.sealed, `template/${template.id}`))
  let lastSequence = 0
  for (let remaining = policy.capturesPerSignIn; remaining > 0; remaining--) {
    // An account without references of this matcher is compared with one that nothing matches.
    const round = { device, skewMs: claim.skewMs, remaining, lastSequence, references }
    const judged = await captureRound(deps, connection, round)
    if (typeof judged === "string") {
      await audit.write(facts(judged, { accountId: account.id }))
      return judged === "size" || judged === "decryption" ? undefined : "gone"
    }
    const { capture, reason: checked, detail, requestSha256 } = judged
    const reason = checked ?? (references.length === 0 ? "finger" : undefined)
    lastSequence = capture.sequence
    if (reason === undefined) {
      const digest = imageDigest(deps.secrets.digestKey, capture.imageSha256)
      return accept(deps, connection, claim, account, requestSha256, facts, digest, detail)
    }
    const again = mendable.has(reason) && remaining > 1
    await audit.write(
      facts(reason, { accountId: account.id, detail: { ...detail, remaining: remaining - 1 } }),
    )
    await connection.peer.decide(again ? Outcome.retry : Outcome.fail, requestSha256)
    if (!again) return undefined
  }
  return undefined
}

async function accept(
  deps: AuthDeps,
  { peer, address }: Connection,
  claim: ClientClaim,
  account: Account,
  requestSha256: Uint8Array,
  facts: Facts,
  digest?: string,
  detail?: AuditFacts["detail"],
): Promise<SignedIn | undefined> {
  const { crypto, store, audit, clock, policy, metrics } = deps
  const token = crypto.randomBytes(32)
  const nowMs = clock.nowMs()
  const factors = ["password", ...(policy.finger ? ["finger"] : []), ...(policy.scanner ? ["scanner"] : [])]
  const session = {
    tokenHash: toHex(await crypto.sha256(token)),
    accountId: account.id,
    deviceId: claim.device?.id,
    factors,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + policy.sessionMs,
  }
  const passed = facts("passed", { accountId: account.id, detail })
  const imageToKeep = policy.refuseSeenImages ? digest : undefined
  const stored = await metrics.timed("store", () =>
    store.acceptSignIn({ session, imageDigest: imageToKeep, audit: audit.event(passed) }),
  )
  if (stored === "replay") {
    await audit.write(facts("replay", { accountId: account.id }))
    await peer.decide(Outcome.fail, requestSha256)
    return undefined
  }
  metrics.outcome("sign-in", "passed")
  await peer.decide(Outcome.pass, requestSha256, { token, expiresAtMs: session.expiresAtMs })
  return { account, session, address, peer }
}
