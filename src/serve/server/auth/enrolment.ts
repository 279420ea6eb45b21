import { nameKey } from "../../../protocol/account-name.js"
import { MessageType, Outcome } from "../../../protocol/message.js"
import { RECORD_BYTES, registrationResponse } from "../../../protocol/opaque.js"
import { concat, toHex, utf8 } from "../../../shared/bytes.js"
import { KeyRing } from "../../../shared/store/key-ring.js"
import type { StoredDevice, StoredTemplate } from "../../../shared/store/store.js"
import type { AuditFacts } from "./audit-writer.js"
import type { AuthDeps } from "./auth-deps.js"
import { imageDigest } from "./capture-checks.js"
import { captureRound } from "./capture-round.js"
import { type Connection, checkClaim } from "./connection.js"
import type { Reason } from "./reason.js"
import type { Received } from "./secure-peer.js"

type EnrolStart = Received<typeof MessageType.enrolStart>
type Facts = (reason: Reason, more?: Partial<AuditFacts>) => AuditFacts

/** What the store knows an enrolment code by. Codes are read aloud and typed: case, spaces and dashes do not matter. */
export const codeHash = (digestKey: Uint8Array, code: string): string =>
  toHex(KeyRing.keyedHash(digestKey, utf8(`code ${code.toUpperCase().replace(/[\s-]/g, "")}`)))

const randomId = ({ crypto }: AuthDeps): string => toHex(crypto.randomBytes(16))

/** From enrolStart to the account, or to nothing: until the last capture is judged, nothing is written. "again": the
 *  peer was told to wait and may send the same message once more. */
export async function enrol(
  deps: AuthDeps,
  connection: Connection,
  start: EnrolStart,
): Promise<"again" | undefined> {
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
  if (typeof claim === "string") return refuse(claim, start.bytes)
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
  const attempt = { nameKey: "enrolment", accountId: undefined, deviceId: claim.device?.id, address }
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
  if (hashOfCode !== undefined && !(await store.codeUsable(hashOfCode, clock.nowMs())))
    return refuseGuess("code")
  const key = nameKey(message.name)
  if ((await store.accountByName(key)) !== undefined) return refuseGuess("name")

  const response = registrationResponse(secrets.opaqueSetup, key, message.request)
  if (response === undefined) return void (await audit.write(facts("decryption")))
  await peer.send({ type: MessageType.enrolResponse, response })
  const received = await peer.receive([MessageType.enrolRecord], policy.handshakeMs)
  if (typeof received === "string") return void (await audit.write(facts(received)))
  if (received.message.record.length !== RECORD_BYTES) return void (await audit.write(facts("decryption")))
  peer.allowImages()

  const accountId = randomId(deps)
  const captured = policy.finger
    ? await captureFinger(deps, connection, claim.device, claim.skewMs, facts)
    : { templates: [], digests: [], requestSha256: await crypto.sha256(received.bytes) }
  if (captured === undefined) return undefined
  const createdAtMs = clock.nowMs()
  const outcome = await store.createAccount({
    account: {
      id: accountId,
      name: message.name,
      sealedRecord: keys.seal(received.message.record, `account/${accountId}`),
      createdAtMs,
    },
    nameKey: key,
    templates: captured.templates.map((template) => sealTemplate(deps, accountId, message.finger, template)),
    enrolmentHash,
    codeHash: hashOfCode,
    imageDigests: policy.refuseSeenImages ? captured.digests : [],
    audit: audit.event(facts("passed", { accountId })),
  })
  if (outcome !== "created") {
    await audit.write(facts(outcome))
    await peer.decide(Outcome.fail, captured.requestSha256)
    return undefined
  }
  deps.metrics.outcome("enrolment", "passed")
  const pass = { token: new Uint8Array(32), expiresAtMs: createdAtMs }
  await peer.decide(Outcome.pass, captured.requestSha256, pass)
  return undefined
}

function sealTemplate(
  deps: AuthDeps,
  accountId: string,
  finger: string,
  template: Uint8Array,
): StoredTemplate {
  const id = randomId(deps)
  return {
    id,
    accountId,
    finger,
    modality: "finger",
    matcherId: deps.inspector.matcherId,
    sealed: deps.keys.seal(template, `template/${id}`),
    createdAtMs: deps.clock.nowMs(),
  }
}

interface CapturedFinger {
  readonly templates: readonly Uint8Array[]
  readonly digests: readonly string[]
  /** Of the last capture, which the final decision answers. */
  readonly requestSha256: Uint8Array
}

/** Captures until enough good ones of one finger are there, at most four times as many as needed. */
async function captureFinger(
  deps: AuthDeps,
  connection: Connection,
  device: StoredDevice | undefined,
  skewMs: number,
  facts: Facts,
): Promise<CapturedFinger | undefined> {
  const { policy, audit, inspector, queue, secrets } = deps
  const { peer } = connection
  if (device === undefined) throw new TypeError("a policy with a finger admits no claim without a device")
  let images: Uint8Array[] = []
  let digests: string[] = []
  let lastSequence = 0
  for (let taken = 1; taken <= 4 * policy.capturesPerEnrolment; taken++) {
    const remaining = policy.capturesPerEnrolment - images.length
    const round = { device, skewMs, references: [], remaining, lastSequence }
    const judged = await captureRound(deps, connection, round)
    if (typeof judged === "string") return void (await audit.write(facts(judged)))
    const { capture, requestSha256, reason, detail } = judged
    lastSequence = capture.sequence
    if (reason !== undefined && reason !== "quality") {
      await audit.write(facts(reason, { detail }))
      await peer.decide(Outcome.fail, requestSha256)
      return undefined
    }
    if (reason === undefined) {
      images.push(capture.image)
      digests.push(imageDigest(secrets.digestKey, capture.imageSha256))
    }
    if (images.length === policy.capturesPerEnrolment) {
      const enrolled = await queue.run(() => inspector.enrol(images))
      if (enrolled !== "busy" && enrolled.template !== undefined) {
        return { templates: [enrolled.template], digests, requestSha256 }
      }
      // Not one finger, or too little of it: start over with this person standing there.
      await audit.write(facts(enrolled === "busy" ? "busy" : (enrolled.reason ?? "quality")))
      images = []
      digests = []
    } else if (reason === "quality") await audit.write(facts(reason, { detail }))
    if (taken < 4 * policy.capturesPerEnrolment) await peer.decide(Outcome.retry, requestSha256)
    else await peer.decide(Outcome.fail, requestSha256)
  }
  return undefined
}

/** After a pass: one more finger of the same account. */
export async function addFinger(
  deps: AuthDeps,
  connection: Connection,
  accountId: string,
  device: StoredDevice,
  skewMs: number,
  finger: string,
): Promise<void> {
  const facts: Facts = (reason, more = {}) => ({
    event: "enrolment",
    reason,
    address: connection.address,
    deviceId: device.id,
    accountId,
    ...more,
  })
  const captured = await captureFinger(deps, connection, device, skewMs, facts)
  if (captured === undefined) return
  const sealed = captured.templates.map((template) => sealTemplate(deps, accountId, finger, template))
  const digests = deps.policy.refuseSeenImages ? captured.digests : []
  const added = await deps.store.addTemplates(sealed, digests, deps.audit.event(facts("passed")))
  if (added === "replay") await deps.audit.write(facts("replay"))
  const pass = { token: new Uint8Array(32), expiresAtMs: deps.clock.nowMs() }
  await connection.peer.decide(added === "added" ? Outcome.pass : Outcome.fail, captured.requestSha256, pass)
}
