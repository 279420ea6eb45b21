import assert from "node:assert/strict"
import { test } from "node:test"
import { fromUtf8, utf8 } from "@sourceprint/core/bytes.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { enrolPerson, quickStretching, testServer, touch } from "../../support/auth-server.js"

test(
  "an image that the tamper detector takes for altered is refused like another scanner's; where only the finger " +
    "counts it is not asked; an artefact is refused whatever counts",
  async () => {
    for (const [factorPolicies, mark, expected, reason] of [
      [[["password", "finger", "scanner"]], "forged=yes", Outcome.retry, "altered"],
      [[["password", "finger"]], "forged=yes", Outcome.pass, "passed"],
      [[["password", "finger"]], "artefact=yes", Outcome.retry, "liveness"],
    ] as const) {
      const server = await testServer({ policy: { factorPolicies } })
      try {
        const device = await server.addDevice("kiosk", "r307-1")
        await enrolPerson(server, device, "Ada", "correct horse")
        const session = await server.session()
        const person = { name: "Ada", password: "correct horse", stretching: quickStretching, device }
        const challenge = await session.signIn(person)
        assert.ok(challenge.type === MessageType.challenge)
        const image = utf8(`${fromUtf8(touch("Ada-finger", "r307-1"))} ${mark}`)
        const decision = await session.capture(challenge, device, { image, takenAtMs: Date.now() })
        assert.equal(decision.type === MessageType.decision && decision.outcome, expected)
        assert.equal((await server.reasons()).at(-1), `sign-in ${reason}`)
        session.close()
      } finally {
        await server.stop()
      }
    }
  },
)
