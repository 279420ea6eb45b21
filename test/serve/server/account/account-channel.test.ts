import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { fromUtf8, toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { defined } from "@sourceprint/core/defined.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { AccountClient } from "@sourceprint/protocol/account/account-client.js"
import { type AccountRequest, accountCalls } from "@sourceprint/protocol/account/account-messages.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { localPasswordProof } from "@sourceprint/protocol/local-password-proof.js"
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
  for (const name of ["Ada", "Bob"]) await enrol(name)
})
after(() => server.stop())

async function enrol(name: string): Promise<void> {
  const session = await server.session()
  const enrolmentId = webCrypto.randomBytes(32)
  await session.enrol({ ...person(name), enrolmentId, code: "", finger: "none" })
  const done = await session.chooseFactors(["password"])
  assert.equal(done.type === MessageType.decision && done.outcome, Outcome.pass)
  session.close()
}

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

test("a new password: the present one is proved, once, by its own account's young session; others end", async () => {
  for (const name of ["Cyn", "Dan"]) await enrol(name)
  const passwords = localPasswordProof
  const change = { stretching: quickStretching, endOthers: false }
  const signsIn = async (name: string, password: string): Promise<boolean> => {
    const session = await server.session()
    try {
      const step = await session.signIn({ ...person(name), password })
      return step.type !== MessageType.decision || step.outcome === Outcome.pass
    } catch (error) {
      if (hasCode(error, "protocol/password")) return false
      throw error
    } finally {
      session.close()
    }
  }
  const [cyn, other, dan] = [await account("Cyn"), await account("Cyn"), await account("Dan")]

  // A stolen page without the password, and a wrong one, change nothing.
  const wrong = { ...change, name: "Cyn", password: "guess", newPassword: "mine now" }
  await assert.rejects(() => cyn.client.changePassword(passwords, wrong), refusedAs("password"))
  const forged = { ask: "finishPasswordChange", ke3: new Uint8Array(64), record: new Uint8Array(192), endOthers: true }
  const sent = (link: ApplicationLink, request: AccountRequest) =>
    link.request(Channel.account, accountCalls.request.encode(request))
  await assert.rejects(() => sent(cyn.link, forged as AccountRequest), refusedAs("password"))
  await assert.rejects(() => sent(cyn.link, forged as AccountRequest), refusedAs("begin"))
  const start = async (link: ApplicationLink) => {
    const [login, registration] = [await passwords.startLogin("pw"), await passwords.startRegistration("next")]
    const begin = { ask: "startPasswordChange", ke1: login.ke1, request: registration.request } as const
    const { ke2, response } = defined(
      accountCalls.answers.startPasswordChange.decode(await sent(link, begin)),
      "answer",
    )
    const proof = defined(await login.finish(ke2, "Cyn", quickStretching), "proof")
    const record = defined(await registration.finish(response, "Cyn", quickStretching), "record")
    return { ask: "finishPasswordChange", ke3: proof.ke3, record, endOthers: false } as const
  }
  const begun = await start(cyn.link)
  await assert.rejects(() => sent(cyn.link, { ...begun, ke3: new Uint8Array(64) }), refusedAs("password"))
  await assert.rejects(() => sent(cyn.link, begun), refusedAs("begin")) // the failed try has used it up
  // A proof of one connection, or of one account, is none on another.
  const mine = await start(cyn.link)
  await assert.rejects(() => sent(other.link, mine), refusedAs("begin"))
  await assert.rejects(
    () => dan.client.changePassword(passwords, { ...wrong, name: "Cyn", password: "pw" }),
    refusedAs("password"),
  )
  assert.ok((await signsIn("Cyn", "pw")) && (await signsIn("Dan", "pw")))

  // Of two changes side by side one is done; a message that is sent again does nothing.
  const rival = await start(other.link)
  await sent(cyn.link, mine)
  await assert.rejects(() => sent(cyn.link, mine), refusedAs("begin"))
  await assert.rejects(() => sent(other.link, rival), refusedAs("begin"))
  assert.deepEqual([await signsIn("Cyn", "pw"), await signsIn("Cyn", "next")], [false, true])

  // All others end where that is asked; the one that asked stays.
  await cyn.client.changePassword(passwords, {
    ...change,
    name: "Cyn",
    password: "next",
    newPassword: "pw",
    endOthers: true,
  })
  assert.deepEqual(
    (await cyn.client.overview()).sessions.map(({ current }) => current),
    [true],
  )
  await assert.rejects(() => other.client.overview())
  await dan.client.overview()

  // A session that is not young any more proves nothing by the password alone.
  aheadMs += 16 * 60_000
  const right = { ...change, name: "Cyn", password: "pw", newPassword: "third" }
  await assert.rejects(() => cyn.client.changePassword(passwords, right), refusedAs("sign-in-again"))
  assert.equal(await signsIn("Cyn", "third"), false)
  for (const { link } of [cyn, other, dan]) link.close()
})
