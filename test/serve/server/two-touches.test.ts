import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { enrolPerson, quickStretching, type TestServer, testServer, touch } from "../../support/auth-server.js"

let server: TestServer
let kiosk: Device
before(async () => {
  server = await testServer({ policy: { touchesPerSignIn: 2 }, limitRules: noLimits })
  kiosk = await server.addDevice("kiosk", "r307-1")
  await enrolPerson(server, kiosk, "Ada", "correct horse")
})
after(() => server.stop())

/** Outcomes of these images one after another, until something else than retry comes. */
async function attempt(images: readonly Uint8Array[]): Promise<number[]> {
  const session = await server.session()
  let challenge = await session.signIn({
    name: "Ada",
    password: "correct horse",
    stretching: quickStretching,
    device: kiosk,
  })
  const outcomes: number[] = []
  for (const image of images) {
    assert.ok(challenge.type === MessageType.challenge)
    const decision = await session.capture(challenge, kiosk, { image, takenAtMs: Date.now() })
    assert.ok(decision.type === MessageType.decision)
    outcomes.push(decision.outcome)
    if (decision.outcome !== Outcome.retry) break
    challenge = await session.nextChallenge()
  }
  session.close()
  return outcomes
}
const { retry, pass, fail } = Outcome
const mine = (shape?: string) => touch("Ada-finger", "r307-1", 80, shape)
const lastReason = async () => (await server.reasons()).at(-1)

test("one good touch is not enough, two that differ are", async () => {
  assert.deepEqual(await attempt([mine(), mine()]), [retry, pass])
  assert.equal(await lastReason(), "sign-in passed")
})

test("one picture shown again and again is refused as a copy, in the words of any refusal", async () => {
  const shown = Array.from({ length: 4 }, () => mine("a print"))
  assert.deepEqual(await attempt(shown), [retry, retry, retry, fail])
  assert.equal(await lastReason(), "sign-in copy")
})

test(
  "touches that cannot be compared are not two, nor are the same bytes twice; a good touch uses up no " + "try",
  async () => {
    assert.deepEqual(await attempt([mine("elsewhere"), mine(), mine(), mine()]), [retry, retry, retry, fail])
    assert.equal(await lastReason(), "sign-in copy")
    const image = mine()
    assert.deepEqual(await attempt([image, image]), [retry, retry])
    const bad = () => touch("Eve-finger", "r307-1")
    assert.deepEqual(await attempt([bad(), bad(), mine(), bad()]), [retry, retry, retry, fail])
    assert.deepEqual(await attempt([bad(), mine(), bad(), mine()]), [retry, retry, retry, pass])
  },
)
