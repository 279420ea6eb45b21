import { concat, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { faultOfNewName } from "@sourceprint/protocol/new-name.js"
import { RECORD_BYTES, registrationResponse } from "@sourceprint/protocol/opaque.js"
import { KeyRing } from "../../store/key-ring.js"
import type { AuthDeps } from "./auth-deps.js"
import { chooseFactors, enrolmentFactorPolicies } from "./choose-factors.js"
import { type Connection, checkClaim } from "./connection.js"
import { enrolmentAttempt } from "./enrolment-attempt.js"
import type { EnrolContext, Facts, Gathered } from "./factor-proof.js"
import { factorEnrolments } from "./factors.js"
import { randomId } from "./finger/seal-template.js"
import type { Reason } from "./reason.js"
import type { Received } from "./secure-peer.js"

type EnrolStart = Received<typeof MessageType.enrolStart>

/** What the store knows an enrolment code by. Codes are read aloud and typed: case, spaces and dashes do not matter. */
export const codeHash = (digestKey: Uint8Array, code: string): string =>
  toHex(KeyRing.keyedHash(digestKey, utf8(`code ${code.toUpperCase().replace(/[\s-]/g, "")}`)))

/** From enrolStart to the account, or to nothing: until the last capture is judged, nothing is written. "again": the
 *  peer was told to wait and may send the same message once more. */
export async function enrol(deps: AuthDeps, connection: Connection, start: EnrolStart): Promise<"again" | undefined> {
  const { crypto, store, policy, secrets, keys, audit, limits, clock } = deps
  const { peer, address } = connection
  const { message } = start
  const facts: Facts = (reason, more = {}) => ({
    event: "enrolment",
    reason,
    address,
    deviceId: message.device?.deviceId,
    ...more,
  })
  const refuse = async (reason: Reason, request: Uint8Array): Promise<undefined> => {
    await audit.write(facts(reason))
    await peer.decide(Outcome.fail, await crypto.sha256(request))
  }

  const claim = await checkClaim(deps, connection, message.device, message.clientTimeMs)
  if (typeof claim === "string") {
    await audit.write(facts(claim))
    return peer.refuseClaim(claim, await crypto.sha256(start.bytes), clock.nowMs()).then(() => undefined)
  }
  const enrolmentHash = toHex(await crypto.sha256(concat([utf8("enrolment"), message.enrolmentId])))
  const done = await store.accountByEnrolment(enrolmentHash)
  if (done !== undefined) {
    // The client lost the answer to an enrolment that had succeeded and asks again.
    const expiresAtMs = clock.nowMs()
    await peer.decide(Outcome.pass, await crypto.sha256(start.bytes), {
      token: new Uint8Array(32),
      expiresAtMs,
    })
    return undefined
  }
  // Guessing codes and probing names are attempts like any other; an enrolment that is broken off is not.
  const attempt = enrolmentAttempt(connection, claim)
  const waitMs = await limits.waitMs(attempt, clock.nowMs())
  if (waitMs > 0) {
    await audit.write(facts("limit", { detail: { waitMs: Math.round(waitMs) } }))
    await peer.send({ type: MessageType.busy, retryAfterMs: Math.ceil(waitMs) })
    return "again"
  }
  const refuseGuess = async (reason: Reason): Promise<undefined> => {
    await limits.failed(attempt, clock.nowMs())
    return refuse(reason, start.bytes)
  }
  const hashOfCode = policy.enrolment === "code" ? codeHash(secrets.digestKey, message.code) : undefined
  if (policy.enrolment === "closed") return refuse("code", start.bytes)
  if (hashOfCode !== undefined && !(await store.codeUsable(hashOfCode, clock.nowMs()))) return refuseGuess("code")
  const key = nameKey(message.name)
  if (faultOfNewName(message.name) !== undefined || (await store.looksTaken(message.name))) return refuseGuess("name")

  const response = registrationResponse(secrets.opaqueSetup, key, message.request)
  if (response === undefined) return void (await audit.write(facts("decryption")))
  await peer.send({ type: MessageType.enrolResponse, response })
  const received = await peer.receive(["registration"], policy.handshakeMs)
  if (typeof received === "string") return void (await audit.write(facts(received)))
  if (received.message.record.length !== RECORD_BYTES) return void (await audit.write(facts("decryption")))
  peer.allowImages()

  const accountId = randomId(deps)
  const choice = await chooseFactors(
    deps,
    connection,
    enrolmentFactorPolicies(policy.factorPolicies),
    received.bytes,
    facts,
  )
  if (typeof choice === "string") return undefined
  const context = {
    connection,
    claim,
    accountId,
    name: message.name,
    finger: message.finger,
    chosen: choice.chosen,
    facts,
  }
  const gathered = await gatherAll(deps, context, choice.requestSha256)
  if (gathered === undefined) return undefined
  const createdAtMs = clock.nowMs()
  const outcome = await store.createAccount({
    account: {
      id: accountId,
      name: message.name,
      sealedRecord: keys.seal(received.message.record, `account/${accountId}`),
      createdAtMs,
    },
    nameKey: key,
    templates: gathered.templates,
    enrolmentHash,
    codeHash: hashOfCode,
    imageDigests: policy.refuseSeenImages ? gathered.imageDigests : [],
    audit: audit.event(facts("passed", { accountId })),
  })
  if (outcome !== "created") {
    await audit.write(facts(outcome))
    await peer.decide(Outcome.fail, gathered.requestSha256)
    return undefined
  }
  deps.metrics.outcome("enrolment", "passed")
  const pass = { token: new Uint8Array(32), expiresAtMs: createdAtMs }
  await peer.decide(Outcome.pass, gathered.requestSha256, pass)
  return undefined
}

/** The templates of every factor chosen, one factor after another. */
async function gatherAll(
  deps: AuthDeps,
  context: EnrolContext,
  requestSha256: Uint8Array,
): Promise<Gathered | undefined> {
  let all: Gathered = { templates: [], imageDigests: [], requestSha256 }
  for (const enrolment of factorEnrolments.filter(({ factor }) => context.chosen.includes(factor))) {
    if (all.templates.length > 0) await context.connection.peer.decide(Outcome.retry, all.requestSha256)
    const gathered = await enrolment.gather(deps, context)
    if (gathered === undefined) return undefined
    all = {
      templates: [...all.templates, ...gathered.templates],
      imageDigests: [...all.imageDigests, ...gathered.imageDigests],
      requestSha256: gathered.requestSha256,
    }
  }
  return all
}
