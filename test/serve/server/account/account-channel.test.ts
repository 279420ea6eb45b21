import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { fromUtf8, toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { SessionStep } from "@sourceprint/protocol/session-step.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { quickStretching, type TestServer, testServer } from "../../../support/auth-server.js"
import { SoftPasskey } from "../../../support/soft-passkey.js"

const rp = { rpId: "prints.example", rpName: "prints", origins: ["https://prints.example"] }
const factorPolicies = [["password"], ["password", "passkey"]] as const
let server: TestServer
let aheadMs = 0
before(async () => {
  const clock = { nowMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() }
  server = await testServer({
    clock,
    limitRules: noLimits,
    policy: { factorPolicies, passkeys: rp, maxSkewMs: 2 ** 40 },
  })
  for (const name of ["Ada", "Bob"]) {
    const session = await server.session()
    const enrolmentId = webCrypto.randomBytes(32)
    await session.enrol({ ...person(name), enrolmentId, code: "", finger: "none" })
    const done = await session.chooseFactors(["password"])
    assert.equal(done.type === MessageType.decision && done.outcome, Outcome.pass)
    session.close()
  }
})
after(() => server.stop())

const person = (name: string) => ({ name, password: "pw", stretching: quickStretching })
const refusedAs = (code: string) => (e: unknown) => hasCode(e, `application/refused/${code}`)
const outcomeOf = (step: SessionStep) => (step.type === MessageType.decision ? step.outcome : step.type)

/** Past the password, to whatever the server asks for next. */
async function begin(name: string): Promise<{ session: ClientSession; step: SessionStep }> {
  const session = await server.session()
  return { session, step: await session.signIn(person(name)) }
}

async function account(name: string): Promise<{ client: AccountClient; link: ApplicationLink }> {
  const { session, step } = await begin(name)
  if (step.type === MessageType.factors) await session.chooseFactors(["password"])
  const link = new ApplicationLink(session)
  return { link, client: new AccountClient(link, webCrypto, systemClock) }
}

test("a recovery code stands for the factors, once, and only its own account's", async () => {
  const ada = await account("Ada")
  const codes = await ada.client.newRecoveryCodes()
  assert.equal(codes.length, 10)
  assert.match(codes[0], /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  assert.equal(new Set(codes).size, 10)

  const recover = async (name: string, code: string) => {
    const { session } = await begin(name)
    const decision = await session.recover(code)
    session.close()
    return decision
  }
  assert.equal(outcomeOf(await recover("Bob", codes[0])), Outcome.fail)
  const typed = codes[0].toLowerCase().replace(/-/g, " ").replace(/0/g, "o")
  const decision = await recover("Ada", typed)
  assert.equal(outcomeOf(decision), Outcome.pass)
  if (decision.type !== MessageType.decision) return
  const hash = toHex(await webCrypto.sha256(decision.token))
  assert.deepEqual((await server.deps.store.session(hash, Date.now()))?.factors, ["password", "recovery"])
  assert.equal(outcomeOf(await recover("Ada", codes[0])), Outcome.fail)
  assert.equal((await server.reasons()).at(-1), "sign-in recovery")
  assert.equal((await ada.client.overview()).recoveryCodesLeft, 9)
  await ada.client.newRecoveryCodes()
  assert.equal(outcomeOf(await recover("Ada", codes[1])), Outcome.fail)
  ada.link.close()
})

test("a passkey is added, signs in, and is good for this server's pages alone", async () => {
  const ada = await account("Ada")
  const passkey = new SoftPasskey(rp.rpId, rp.origins[0])
  const elsewhere = new SoftPasskey(rp.rpId, "https://prints.example.evil")
  const { challenge } = (await ada.client.passkeyOptions()) as { challenge: string }
  await assert.rejects(ada.client.addPasskey("phone", elsewhere.create(challenge)), refusedAs("passkey"))
  await assert.rejects(ada.client.addPasskey("phone", passkey.create(challenge)), refusedAs("passkey"))
  const again = (await ada.client.passkeyOptions()) as { challenge: string }
  await ada.client.addPasskey("my phone", passkey.create(again.challenge))
  const { factors } = await ada.client.overview()
  assert.deepEqual(
    factors.map(({ kind, label }) => [kind, label]),
    [["passkey", "my phone"]],
  )

  const answer = async (make: (challenge: string) => string) => {
    const { session, step } = await begin("Ada")
    assert.deepEqual(step.type === MessageType.factors && step.ways, factorPolicies)
    let next: SessionStep = await session.chooseFactors(["password", "passkey"])
    const outcomes: (number | string)[] = []
    while (next.type === MessageType.passkeyChallenge) {
      const options = JSON.parse(fromUtf8(next.options)) as {
        challenge: string
        allowCredentials: { id: string }[]
      }
      assert.deepEqual(
        options.allowCredentials.map(({ id }) => id),
        [passkey.id],
      )
      const decision: SessionStep = await session.answerPasskey(make(options.challenge))
      outcomes.push(outcomeOf(decision))
      if (outcomes.at(-1) !== Outcome.retry) break
      next = await session.nextStep()
    }
    session.close()
    return outcomes
  }
  assert.deepEqual(await answer((c) => passkey.get(c)), [Outcome.pass])
  let kept = ""
  const replayed = await answer((c) => {
    kept ||= passkey.get(c)
    return kept
  })
  assert.deepEqual(replayed, [Outcome.pass])
  const wrong = [Outcome.retry, Outcome.retry, Outcome.fail]
  assert.deepEqual(await answer(() => kept), wrong)
  assert.deepEqual(await answer((c) => elsewhere.get(c)), wrong)
  assert.deepEqual(await answer(() => "no JSON"), wrong)
  const cloned = (c: string) => {
    passkey.counter = 0 // it has signed less often than its original
    return passkey.get(c)
  }
  assert.deepEqual(await answer(cloned), wrong)
  assert.equal((await server.reasons()).at(-1), "sign-in passkey")
  await ada.client.removeFactor(factors[0].id)
  await assert.rejects(ada.client.removeFactor(factors[0].id), refusedAs("factor"))
  ada.link.close()
})

test("sessions are listed and ended; another's cannot be", async () => {
  const [ada, other, bob] = [await account("Ada"), await account("Ada"), await account("Bob")]
  const { sessions } = await ada.client.overview()
  const current = sessions.find((one) => one.current)
  const last = sessions.find((one) => !one.current)
  assert.deepEqual(current?.factors, ["password"])
  await assert.rejects(bob.client.endSession(current?.id ?? ""), refusedAs("session"))
  assert.ok(last !== undefined && current !== undefined)
  await ada.client.endSession(last.id)
  await other.link.closed
  assert.equal((await ada.client.overview()).sessions.length, sessions.length - 1)
  await ada.client.endSession(current.id) // its own: the answer comes, then the end
  await ada.link.closed
  bob.link.close()
})

test("changes need a fresh sign-in; an account is deleted by its name, with all that is in it", async () => {
  const bob = await account("Bob")
  await bob.client.newRecoveryCodes()
  aheadMs = 16 * 60_000
  await assert.rejects(bob.client.deleteAccount("Bob"), refusedAs("sign-in-again"))
  await assert.rejects(bob.client.passkeyOptions(), refusedAs("sign-in-again"))
  assert.equal((await bob.client.overview()).recoveryCodesLeft, 10)
  const fresh = await account("Bob")
  await assert.rejects(fresh.client.deleteAccount("Ada"), refusedAs("name"))
  const { store } = server.deps
  const { id } = (await store.accountByName("bob")) ?? { id: "" }
  await fresh.client.deleteAccount("BOB")
  assert.equal(await store.accountByName("bob"), undefined)
  assert.equal(await store.recoveryCodesLeft(id), 0)
  await Promise.all([bob.link.closed, fresh.link.closed])
})
