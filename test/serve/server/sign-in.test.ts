import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { enrolPerson, quickStretching, type TestServer, testServer, touch } from "../../support/auth-server.js"

let server: TestServer
let kiosk: Device
before(async () => {
  server = await testServer({ limitRules: noLimits })
  kiosk = await server.addDevice("kiosk", "r307-1")
  await enrolPerson(server, kiosk, "Ada", "correct horse")
})
after(() => server.stop())

const lastReason = async (): Promise<string | undefined> => (await server.reasons()).at(-1)

async function start(name = "Ada", password = "correct horse", device: Device | undefined = kiosk) {
  const session = await server.session()
  const answer = await session.signIn({
    name,
    password,
    stretching: quickStretching,
    ...(device && { device }),
  })
  return { session, answer }
}

async function attempt(images: readonly Uint8Array[], skewMs = 0) {
  const { session, answer } = await start()
  let challenge = answer
  const outcomes: number[] = []
  for (const image of images) {
    assert.equal(challenge.type, MessageType.challenge)
    if (challenge.type !== MessageType.challenge) break
    const decision = await session.capture(challenge, kiosk, { image, takenAtMs: Date.now() + skewMs })
    assert.equal(decision.type, MessageType.decision)
    if (decision.type !== MessageType.decision) break
    outcomes.push(decision.outcome)
    if (decision.outcome !== Outcome.retry) break
    challenge = await session.nextChallenge()
  }
  session.close()
  return outcomes
}

test("the right person passes, by a session that the store knows", async () => {
  const { session, answer } = await start("ada")
  assert.equal(answer.type, MessageType.challenge)
  if (answer.type !== MessageType.challenge) return
  const decision = await session.capture(answer, kiosk, {
    image: touch("Ada-finger", "r307-1"),
    takenAtMs: Date.now(),
  })
  assert.equal(decision.type === MessageType.decision && decision.outcome, Outcome.pass)
  if (decision.type !== MessageType.decision) return
  const hash = toHex(await server.deps.crypto.sha256(decision.token))
  const stored = await server.deps.store.session(hash, Date.now())
  assert.deepEqual(stored?.factors, ["password", "finger", "scanner"])
  assert.equal(await lastReason(), "sign-in passed")
  session.close()
})

test("another finger, another scanner and a bad image get three touches and the same words", async () => {
  for (const [image, reason] of [
    [() => touch("Eve-finger", "r307-1"), "finger"],
    [() => touch("Ada-finger", "r307-2"), "scanner"],
    [() => touch("Ada-finger", "r307-1", 10), "quality"],
  ] as const) {
    assert.deepEqual(await attempt([image(), image(), image()]), [Outcome.retry, Outcome.retry, Outcome.fail])
    assert.equal(await lastReason(), `sign-in ${reason}`)
  }
  assert.deepEqual(await attempt([touch("x", "r307-1"), touch("Ada-finger", "r307-1")]), [Outcome.retry, Outcome.pass])
})

test("an image that passed once never passes again", async () => {
  const image = touch("Ada-finger", "r307-1")
  assert.deepEqual(await attempt([image]), [Outcome.pass])
  assert.deepEqual(await attempt([image]), [Outcome.fail])
  assert.equal(await lastReason(), "sign-in replay")
})

test("a capture from another time is refused, a device whose clock is off is not", async () => {
  assert.deepEqual(await attempt([touch("Ada-finger", "r307-1")], -21_000), [Outcome.fail])
  assert.equal(await lastReason(), "sign-in freshness")
  const aheadMs = 300_000
  const clock = { nowMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() }
  const session = await server.session(clock)
  const answer = await session.signIn({
    name: "Ada",
    password: "correct horse",
    device: kiosk,
    stretching: quickStretching,
  })
  assert.equal(answer.type, MessageType.challenge)
  if (answer.type !== MessageType.challenge) return
  const image = touch("Ada-finger", "r307-1")
  const decision = await session.capture(answer, kiosk, { image, takenAtMs: clock.nowMs() })
  assert.equal(decision.type === MessageType.decision && decision.outcome, Outcome.pass)
  session.close()
})

test("a wrong password and an unknown name look the same and are audited as attempts", async () => {
  for (const [name, password] of [
    ["Ada", "wrong"],
    ["Nobody", "correct horse"],
  ] as const) {
    await assert.rejects(start(name, password), (e) => hasCode(e, "protocol/password"))
  }
})

test("a device that is unknown, revoked or for another scanner is refused before the password", async () => {
  const stranger = { ...kiosk, signer: await server.deps.crypto.signer(new Uint8Array(32).fill(5)) }
  const gone = await server.addDevice("gone", "r307-9")
  await server.deps.store.revokeDevice("gone", { atMs: 1, event: "admin", reason: "device-revoked" })
  const devices = [stranger, { ...kiosk, deviceId: "other" }, { ...kiosk, scannerId: "r307-2" }, gone]
  for (const device of devices) {
    const { session, answer } = await start("Ada", "correct horse", device)
    assert.equal(answer.type === MessageType.decision && answer.outcome, Outcome.fail)
    assert.equal(await lastReason(), "sign-in device")
    session.close()
  }
})

test(
  "without a device: the linked scanners after the password, or a refusal before it where none may be " + "linked",
  async () => {
    const bare = { name: "Ada", password: "correct horse", stretching: quickStretching }
    const session = await server.session()
    const answer = await session.signIn(bare)
    assert.deepEqual(answer.type === MessageType.scanners && answer.scanners, [])
    session.close()
    const strict = await testServer({ policy: { linkedScanners: false } })
    const refused = await (await strict.session()).signIn(bare)
    assert.equal(refused.type === MessageType.decision && refused.outcome, Outcome.fail)
    await strict.stop()
  },
)

test("a further finger is added by who has signed in, and signs in from then on", async () => {
  const { session, answer } = await start()
  const shown = (finger: string) => ({ image: touch(finger, "r307-1"), takenAtMs: Date.now() })
  assert.equal(answer.type, MessageType.challenge)
  if (answer.type !== MessageType.challenge) return
  await session.capture(answer, kiosk, shown("Ada-finger"))
  let challenge = await session.addFinger("left-index")
  const outcomes: number[] = []
  while (challenge.type === MessageType.challenge) {
    const decision = await session.capture(challenge, kiosk, shown("Ada-left"))
    if (decision.type !== MessageType.decision) break
    outcomes.push(decision.outcome)
    if (decision.outcome !== Outcome.retry) break
    challenge = await session.nextChallenge()
  }
  session.close()
  assert.deepEqual(outcomes, [Outcome.retry, Outcome.retry, Outcome.pass])
  assert.deepEqual(await attempt([touch("Ada-left", "r307-1")]), [Outcome.pass])
})

test("enrolment is whole or nothing; asked again with its id it answers pass", async () => {
  const { store, crypto } = server.deps
  const enrolmentId = crypto.randomBytes(32)
  const more = { stretching: quickStretching, device: kiosk, enrolmentId, code: "", finger: "thumb" }
  const begin = async (): Promise<{
    session: ClientSession
    answer: Awaited<ReturnType<ClientSession["enrol"]>>
  }> => {
    const session = await server.session()
    return { session, answer: await session.enrol({ name: "Bob", password: "pw", ...more }) }
  }
  const left = await begin()
  if (left.answer.type === MessageType.challenge) {
    await left.session.capture(left.answer, kiosk, { image: touch("b", "r307-1"), takenAtMs: Date.now() })
  }
  left.session.close()
  assert.equal(await store.accountByName("bob"), undefined)

  const { session, answer } = await begin()
  let challenge = answer
  for (const finger of ["b", "c", "b", "b", "b", "b"]) {
    // b, c, b are not one finger: the server starts over and takes b, b, b
    if (challenge.type !== MessageType.challenge) break
    const decision = await session.capture(challenge, kiosk, {
      image: touch(finger, "r307-1"),
      takenAtMs: Date.now(),
    })
    if (decision.type === MessageType.decision && decision.outcome === Outcome.pass) break
    challenge = await session.nextChallenge()
  }
  session.close()
  assert.ok(await store.accountByName("bob"))
  const again = await begin()
  assert.equal(again.answer.type === MessageType.decision && again.answer.outcome, Outcome.pass)
  again.session.close()
  const taken = await server.session()
  const clash = await taken.enrol({
    name: "bob",
    password: "pw",
    ...more,
    enrolmentId: crypto.randomBytes(32),
  })
  assert.equal(clash.type === MessageType.decision && clash.outcome, Outcome.fail)
  assert.equal(await lastReason(), "enrolment name")
  taken.close()
})

test("the audit chain of all this verifies", async () => {
  assert.equal((await verifyAudit(server.deps.store, server.auditKey)).ok, true)
})
