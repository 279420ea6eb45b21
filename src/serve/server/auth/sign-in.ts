import { nameKey } from "@sourceprint/protocol/account-name.js"
import { extendTranscript, sessionKeys } from "@sourceprint/protocol/key-schedule.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { answerLogin } from "@sourceprint/protocol/opaque.js"
import { SecureChannel } from "@sourceprint/protocol/secure-channel.js"
import { accept } from "./accept.js"
import type { AuthDeps, SignedIn } from "./auth-deps.js"
import { chooseFactors, usableFactorPolicies } from "./choose-factors.js"
import { type Connection, checkClaim } from "./connection.js"
import { CountedTries } from "./counted-tries.js"
import type { Facts, Proven, SignInContext } from "./factor-proof.js"
import { factorProofs } from "./factors.js"
import { knownBrowserId } from "./known-browser-id.js"
import type { Reason } from "./reason.js"
import { recover } from "./recovery.js"
import type { Received } from "./secure-peer.js"

type SignInStart = Received<typeof MessageType.signInStart>

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
  const facts: Facts = (reason, more = {}) => ({
    event: "sign-in",
    reason,
    address,
    deviceId: message.device?.deviceId,
    ...more,
  })

  const claim = await metrics.timed("device", () => checkClaim(deps, connection, message.device, message.clientTimeMs))
  if (typeof claim === "string") {
    await audit.write(facts(claim))
    await peer.refuseClaim(claim, await crypto.sha256(start.bytes), clock.nowMs())
    return undefined
  }

  const found = await store.accountByName(nameKey(message.name))
  const account = found?.disabled ? undefined : found
  const attempt = {
    nameKey: nameKey(message.name),
    accountId: account?.id,
    deviceId: claim.device?.id,
    browserId:
      claim.device === undefined ? await knownBrowserId(deps, account?.id, connection.knownBrowser) : undefined,
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
    Promise.resolve(answerLogin(secrets.opaqueSetup, attempt.nameKey, message.name, account && record, message.ke1)),
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
  const finish = await peer.receive(["password"], deps.policy.handshakeMs)
  const sessionKey = typeof finish === "string" ? undefined : login.finish(finish.message.ke3)
  if (typeof finish === "string" || sessionKey === undefined || account === undefined) {
    // A client that sees KE2 fail under its password leaves without a message: that too was an attempt at a password.
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

  const tries = new CountedTries(limits, attempt, clock)
  const { browserId } = attempt
  const context = { connection, claim, account, facts, tries, browserId, templates: await store.templates(account.id) }
  peer.allowRecovery()
  const proven = await proveFactors(deps, context, finish.bytes)
  const signedIn = peer.recoveryMessage === undefined ? proven : await recover(deps, context, peer.recoveryMessage)
  if (signedIn === "gone") return void (await tries.left()) // the password was right
  if (signedIn !== undefined) await tries.passed()
  return signedIn
}

/** After the password: the factors of the way that is taken, one proof after another, then the pass. */
async function proveFactors(
  deps: AuthDeps,
  context: Omit<SignInContext, "chosen">,
  finish: Uint8Array,
): Promise<SignedIn | "gone" | undefined> {
  const { connection, account, templates } = context
  const facts: Facts = (reason, more) => context.facts(reason, { accountId: account.id, ...more })
  const offered = usableFactorPolicies(deps.policy.factorPolicies, templates)
  const choice = await chooseFactors(deps, connection, offered, finish, facts)
  if (choice === "gone") return "gone"
  if (choice === "refused") return undefined
  const { chosen } = choice
  const full = { ...context, chosen }
  let all: Proven = {
    factors: ["password"],
    imageDigests: [],
    detail: {},
    requestSha256: choice.requestSha256,
  }
  for (const proof of factorProofs.filter(({ factor }) => chosen.includes(factor))) {
    // What was proven so far is answered with "continue": a further challenge follows.
    if (all.factors.length > 1) await connection.peer.decide(Outcome.retry, all.requestSha256)
    const proven = await proof.prove(deps, full)
    if (proven === "gone") return "gone"
    if (proven === "refused") return undefined
    all = {
      ...all,
      factors: [...all.factors, ...proven.factors],
      imageDigests: [...all.imageDigests, ...proven.imageDigests],
      detail: { ...all.detail, ...proven.detail },
      requestSha256: proven.requestSha256,
      ...(proven.deviceId === undefined ? {} : { deviceId: proven.deviceId }),
    }
  }
  return accept(deps, full, all)
}
