import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { quickStretching, type TestServer, testServer, touch } from "../../support/auth-server.js"

let server: TestServer
let kiosk: Device
before(async () => {
  const factorPolicies = [["password", "finger", "scanner"], ["password"]] as const
  server = await testServer({ policy: { factorPolicies, capturesPerEnrolment: 1, linkedScanners: false } })
  kiosk = await server.addDevice("kiosk", "r307-1")
})
after(() => server.stop())

const person = { name: "Ada", password: "pw", stretching: quickStretching }
const shown = () => ({ image: touch("Ada-finger", "r307-1"), takenAtMs: Date.now() })

test("an enrolment gives what it chose, and a sign-in is offered what the account has", async () => {
  const enrolling = await server.session()
  const enrolmentId = server.deps.crypto.randomBytes(32)
  const offer = await enrolling.enrol({ ...person, device: kiosk, enrolmentId, code: "", finger: "thumb" })
  assert.deepEqual(offer.type === MessageType.factors && offer.ways, [["password", "finger", "scanner"], ["password"]])
  const challenge = await enrolling.chooseFactors(["password", "finger", "scanner"])
  assert.equal(challenge.type, MessageType.challenge)
  if (challenge.type !== MessageType.challenge) return
  const done = await enrolling.capture(challenge, kiosk, shown())
  assert.equal(done.type === MessageType.decision && done.outcome, Outcome.pass)
  enrolling.close()

  for (const chosen of [["password"], ["password", "finger", "scanner"]] as const) {
    const session = await server.session()
    const factorPolicies = await session.signIn({ ...person, device: kiosk })
    assert.equal(factorPolicies.type, MessageType.factors)
    let answer = await session.chooseFactors(chosen)
    if (answer.type === MessageType.challenge) answer = await session.capture(answer, kiosk, shown())
    assert.equal(answer.type === MessageType.decision && answer.outcome, Outcome.pass)
    if (answer.type !== MessageType.decision) return
    const hash = toHex(await server.deps.crypto.sha256(answer.token))
    assert.deepEqual((await server.deps.store.session(hash, Date.now()))?.factors, chosen)
    session.close()
  }
})

test("what was not offered is refused; the finger without a device too where none may be linked", async () => {
  const session = await server.session()
  await session.signIn({ ...person, device: kiosk })
  const answer = await session.chooseFactors(["password", "face"])
  assert.equal(answer.type === MessageType.decision && answer.outcome, Outcome.fail)
  assert.equal((await server.reasons()).at(-1), "sign-in factors")
  session.close()
  const bare = await server.session()
  await bare.signIn(person)
  await assert.rejects(bare.chooseFactors(["password", "finger", "scanner"]))
  assert.equal((await server.reasons()).at(-1), "sign-in device")
})
