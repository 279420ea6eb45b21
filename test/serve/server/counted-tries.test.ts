import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { SessionStep } from "@sourceprint/protocol/session-step.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import type { FaceInspector } from "@sourceprint/serve/server/auth/inspection/inspector.js"
import { rulesWith } from "@sourceprint/serve/server/auth/limits.js"
import { quickStretching, type TestServer, testServer, textInspector } from "../../support/auth-server.js"
import { enrolFace, showFace } from "../../support/face-session.js"
import { SoftPasskey } from "../../support/soft-passkey.js"

/** Fake at the port of faces: a picture is the name of its person, and so is the template. */
const textFaces: FaceInspector = {
  matcherId: "text-faces-1",
  judge({ frames: [frame = utf8("nobody")], references }) {
    const [who] = fromUtf8(frame).split(" ")
    const known = references.length === 0 || references.some((reference) => fromUtf8(reference) === who)
    return Promise.resolve({ fault: known ? undefined : "face", detail: {}, template: utf8(who) })
  },
  close: () => Promise.resolve(),
}

const FREE = 5
const passkeys = { rpId: "prints.example", rpName: "prints", origins: ["https://prints.example"] }
const factorPolicies = [
  ["password", "face"],
  ["password", "passkey"],
] as const
let server: TestServer
let pictures = 0
// Time stands still for the limits: nothing is let in because the test was slow.
const startMs = Date.now()
const clock = { nowMs: () => startMs, monotonicMs: () => performance.now() }
before(async () => {
  server = await testServer({
    clock,
    policy: { factorPolicies, passkeys, freshnessWindowMs: 600_000 },
    inspector: { ...textInspector, faces: textFaces },
    limitRules: rulesWith({ pair: FREE, stranger: 1000, device: 1000, address: 1000 }),
  })
})
after(() => server.stop())

const face = (who: string) => () => Promise.resolve([{ offsetMs: 0, image: utf8(`${who} ${pictures++}`) }])

async function begin(name: string, way: FactorSet) {
  const session = await server.session()
  const step = await session.signIn({ name, password: `password of ${name}`, stretching: quickStretching })
  return { session, step: step.type === MessageType.factors ? await session.chooseFactors(way) : step }
}

/** Signs in again and again, each time away before the last try is refused. @returns tries judged before the wait */
async function judgedBeforeTheWait(
  name: string,
  way: FactorSet,
  wrong: (step: SessionStep, session: Awaited<ReturnType<typeof begin>>["session"]) => Promise<SessionStep>,
): Promise<number> {
  let judged = 0
  for (let signIns = 0; signIns < 20; signIns++) {
    const { session, step } = await begin(name, way)
    try {
      if (step.type === MessageType.busy) return judged
      const first = await wrong(step, session)
      assert.equal(first.type === MessageType.decision && first.outcome, Outcome.retry)
      await wrong(await session.nextStep(), session)
      judged += 2
    } finally {
      session.close()
    }
  }
  return judged
}

test("wrong faces count when they are judged, also for a peer that leaves before the last try", async () => {
  assert.equal(await enrolFace(server, "Ada", face("Ada")), "passed")
  const judged = await judgedBeforeTheWait("Ada", ["password", "face"], (step, session) => {
    assert.ok(step.type === MessageType.faceChallenge)
    const frames = [{ offsetMs: 0, image: utf8(`Eve ${pictures++}`) }]
    return session.faceCapture(step, { frames, takenAtMs: clock.nowMs() })
  })
  assert.equal(judged, FREE + 1)
})

test("wrong passkeys count when they are judged", async () => {
  assert.equal(await enrolFace(server, "Bob", face("Bob")), "passed")
  const { session, step } = await begin("Bob", ["password", "face"])
  assert.equal(await showFace(session, step, face("Bob")), "passed")
  const link = new ApplicationLink(session)
  const account = new AccountClient(link, webCrypto, systemClock)
  const passkey = new SoftPasskey(passkeys.rpId, passkeys.origins[0])
  const { challenge } = (await account.passkeyOptions()) as { challenge: string }
  await account.addPasskey("phone", passkey.create(challenge))
  link.close()
  const judged = await judgedBeforeTheWait("Bob", ["password", "passkey"], (_, wrongSession) =>
    wrongSession.answerPasskey(passkey.get("another challenge")),
  )
  assert.equal(judged, FREE + 1)
})

test("who leaves before anything was judged is not counted", async () => {
  assert.equal(await enrolFace(server, "Cy", face("Cy")), "passed")
  for (let signIns = 0; signIns < 2 * FREE; signIns++) {
    const { session, step } = await begin("Cy", ["password", "face"])
    assert.equal(step.type, MessageType.faceChallenge)
    session.close()
    // Gone is told by the server's own end: its last word is in the audit log.
    while ((await server.reasons()).filter((reason) => reason === "sign-in closed").length <= signIns) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
})
