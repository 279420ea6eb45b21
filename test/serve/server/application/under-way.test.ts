import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { defaultSessionLimits } from "@sourceprint/serve/server/application/application-server.js"
import { UnderWay } from "@sourceprint/serve/server/application/under-way.js"
import { quickStretching, testServer } from "../../../support/auth-server.js"
import { until } from "../../../support/patience.js"

const limits = { bytesPerConnection: 100, bytesPerSession: 150, bytesPerAccount: 200, bytesPerAddress: 300 }
const owner = (session: string, account: string) => ({ session, account, address: "192.0.2.1" })

test("a connection is paused at its own limit, its session's, its account's and its address's", async () => {
  const underWay = new UnderWay(limits)
  const [one, two] = [underWay.part(owner("s1", "a")), underWay.part(owner("s1", "a"))]
  const [other, stranger] = [underWay.part(owner("s2", "a")), underWay.part(owner("s3", "b"))]
  one.take(99)
  assert.equal(one.hasRoom(), true)
  one.take(1)
  assert.equal(one.hasRoom(), false, "own")
  two.take(50)
  assert.equal(two.hasRoom(), false, "session")
  assert.equal(other.hasRoom(), true, "nothing under way: it goes on")
  other.take(50)
  assert.equal(other.hasRoom(), false, "account")
  assert.equal(stranger.hasRoom(), true)
  stranger.take(90)
  assert.equal(stranger.hasRoom(), true)
  const more = underWay.part(owner("s4", "c"))
  more.take(10)
  assert.equal(more.hasRoom(), false, "address")
  assert.equal(underWay.totalBytes, 300)
  const changed = more.changed()
  one.end()
  await changed
  assert.deepEqual(
    [more, two, other, stranger].map((part) => part.hasRoom()),
    [true, true, true, true],
  )
  assert.equal(one.take(1), false, "after its end it holds nothing")
  for (const part of [two, other, stranger, more]) part.end()
  assert.equal(underWay.totalBytes, 0)
})

test("what is told unasked drops a connection at four times its limit", () => {
  const part = new UnderWay({ ...limits, bytesPerSession: 1e6, bytesPerAccount: 1e6, bytesPerAddress: 1e6 }).part(
    owner("s", "a"),
  )
  assert.equal(part.take(400), true)
  assert.equal(part.take(1), false)
})

test("the oldest connection of a session makes room for the one too many", async () => {
  const server = await testServer({ policy: { factorPolicies: [["password"]] } })
  try {
    const person = { name: "Ada", password: "right", stretching: quickStretching }
    const enrolment = await server.session()
    await enrolment.enrol({ ...person, enrolmentId: randomBytes(32), code: "", finger: "none" })
    enrolment.close()
    const first = await server.session()
    const pass = await first.signIn(person)
    assert.ok(pass.type === MessageType.decision && pass.outcome === Outcome.pass)
    const links = [new ApplicationLink(first)]
    for (let n = 0; n < defaultSessionLimits.connectionsPerSession; n++) {
      const session = await server.session()
      const answer = await session.resume(pass.token)
      assert.ok(answer.type === MessageType.decision && answer.outcome === Outcome.pass)
      links.push(new ApplicationLink(session))
    }
    await links[0].closed
    const metrics = async () => (await server.deps.metrics.render()).includes('reason="displaced"} 1')
    await until(metrics, "the one that made room is counted")
    for (const link of links) link.close()
  } finally {
    await server.stop()
  }
})
