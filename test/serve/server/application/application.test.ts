import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { fromUtf8, toHex, utf8 } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { MAX_APPLICATION_BODY_BYTES } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { busy, type ChannelHandler, refusal } from "@sourceprint/serve/server/application/channel.js"
import { Outbox } from "@sourceprint/serve/server/application/outbox.js"
import { UnderWay } from "@sourceprint/serve/server/application/under-way.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { quickStretching, type TestServer, testServer } from "../../../support/auth-server.js"
import { PATIENCE_MS } from "../../../support/patience.js"

const policy = { factorPolicies: [["password"]] } as const
const credentials = { name: "Ada", password: "right", stretching: quickStretching }

async function enrol(server: TestServer): Promise<void> {
  const session = await server.session()
  const answer = await session.enrol({
    ...credentials,
    enrolmentId: randomBytes(32),
    code: "",
    finger: "none",
  })
  assert.equal(answer.type === MessageType.decision && answer.outcome, Outcome.pass)
  session.close()
}

async function signIn(server: TestServer) {
  const session = await server.session()
  const answer = await session.signIn(credentials)
  assert.ok(answer.type === MessageType.decision && answer.outcome === Outcome.pass)
  return { session, token: answer.token, expiresAtMs: answer.expiresAtMs }
}

/** Words in, words out; "slow" waits for `release`. */
function echo() {
  const gate: { release: () => void; contexts: Parameters<ChannelHandler>[0][] } = {
    release: () => {},
    contexts: [],
  }
  const order: string[] = []
  const handler: ChannelHandler = async (context, body) => {
    if (body.length > 100) return body.slice()
    const text = fromUtf8(body)
    if (!gate.contexts.includes(context)) gate.contexts.push(context)
    order.push(`begin ${text}`)
    if (text === "slow") await new Promise<void>((resolve) => (gate.release = resolve))
    if (text === "no") throw refusal("quota", "it is full")
    if (text === "busy") throw busy()
    if (text === "broken") throw new AppError("store/open", "the disk at /secret is gone")
    if (text === "shout") context.sendEvent(utf8("event"))
    order.push(`end ${text}`)
    return utf8(`${context.account.name} ${text}`)
  }
  return { handler, gate, order }
}

test("requests are answered in order in their channel; another channel does not wait", async () => {
  const one = echo()
  const two = echo()
  const server = await testServer({
    policy,
    channels: new Map([
      [1, one.handler],
      [2, two.handler],
    ]),
  })
  try {
    await enrol(server)
    const link = new ApplicationLink((await signIn(server)).session)
    const slow = link.request(1, utf8("slow"))
    const after = link.request(1, utf8("after"))
    assert.equal(fromUtf8(await link.request(2, utf8("quick"))), "Ada quick")
    assert.deepEqual(one.order, ["begin slow"])
    one.gate.release()
    assert.equal(fromUtf8(await slow), "Ada slow")
    assert.equal(fromUtf8(await after), "Ada after")
    assert.deepEqual(one.order, ["begin slow", "end slow", "begin after", "end after"])

    await assert.rejects(
      link.request(1, utf8("no")),
      (e) => hasCode(e, "application/refused/quota") && /it is full/.test(e.message),
    )
    await assert.rejects(link.request(1, utf8("busy")), (e) => hasCode(e, "application/busy"))
    await assert.rejects(
      link.request(1, utf8("broken")),
      (e) => hasCode(e, "application/refused/fault") && !e.message.includes("secret"),
    )
    await assert.rejects(link.request(9, utf8("x")), (e) => hasCode(e, "application/refused/channel"))
    const event = new Promise<Uint8Array>((resolve) => link.onEvent(1, resolve))
    await link.request(1, utf8("shout"))
    assert.equal(fromUtf8(await event), "event")
    assert.equal(one.gate.contexts.length, 1)

    // large and small side by side stay in order on the wire, whichever seals first
    const sizes = [MAX_APPLICATION_BODY_BYTES, 101, 400_000, 101, 200_000, 102]
    const answers = await Promise.all(sizes.map((n) => link.request(1, new Uint8Array(n).fill(n % 251))))
    assert.deepEqual(
      answers.map((answer) => answer.length),
      sizes,
    )
    link.close()
    await one.gate.contexts[0].closed
  } finally {
    await server.stop()
  }
})

test("more requests than may wait are not lost, only later", async () => {
  const { handler } = echo()
  const server = await testServer({ policy, channels: new Map([[1, handler]]) })
  try {
    await enrol(server)
    const link = new ApplicationLink((await signIn(server)).session)
    const texts = Array.from({ length: 300 }, (_, i) => `n${i}`)
    const answers = await Promise.all(texts.map((text) => link.request(1, utf8(text))))
    assert.deepEqual(
      answers.map(fromUtf8),
      texts.map((text) => `Ada ${text}`),
    )
    link.close()
  } finally {
    await server.stop()
  }
})

test("a resumed connection continues; a stranger's, an ended and a disabled account's token do not", async () => {
  const { handler } = echo()
  const server = await testServer({ policy, channels: new Map([[1, handler]]), limitRules: noLimits })
  const { store } = server.deps
  const outcome = async (token: Uint8Array): Promise<number | string> => {
    const session = await server.session()
    const answer = await session.resume(token)
    session.close()
    return answer.type === MessageType.decision ? answer.outcome : answer.type
  }
  try {
    await enrol(server)
    const first = await signIn(server)
    first.session.close()
    const second = await server.session()
    const answer = await second.resume(first.token)
    assert.ok(answer.type === MessageType.decision && answer.outcome === Outcome.pass)
    assert.deepEqual([answer.token, answer.expiresAtMs], [first.token, first.expiresAtMs])
    const link = new ApplicationLink(second)
    assert.equal(fromUtf8(await link.request(1, utf8("hello"))), "Ada hello")
    assert.equal((await link.request(1, new Uint8Array(400_000))).length, 400_000)

    assert.equal(await outcome(randomBytes(32)), Outcome.fail)
    assert.equal(await outcome(first.token), Outcome.pass)
    await store.revokeSession(toHex(await server.deps.crypto.sha256(first.token)))
    assert.equal(await outcome(first.token), Outcome.fail)
    const third = await signIn(server)
    third.session.close()
    const audit = { atMs: 0, event: "admin", reason: "disabled" }
    await store.updateAccount((await store.accountByName("ada"))?.id ?? "", { disabled: true }, audit)
    assert.equal(await outcome(third.token), Outcome.fail)
    const late = await server.session({ nowMs: () => Date.now() - 3_600_000, monotonicMs: () => 0 })
    const refused = await late.resume(third.token)
    assert.ok(refused.type === MessageType.decision && refused.outcome === Outcome.fail)
    late.close()
    const resumes = (await server.reasons()).filter((reason) => reason.startsWith("resume"))
    assert.deepEqual(resumes, [
      "resume passed", // of a session at an address, once
      "resume token",
      "resume token",
      "resume token",
      "resume freshness",
    ])
    link.close()
  } finally {
    await server.stop()
  }
})

test("guessing tokens is slowed by address, and says so", async () => {
  const strict = { free: 2, maxMs: 60_000 }
  const server = await testServer({ policy, limitRules: { ...noLimits, address: strict } })
  try {
    const answers: string[] = []
    for (let i = 0; i < 4; i++) {
      const session = await server.session()
      answers.push((await session.resume(randomBytes(32))).type)
      session.close()
    }
    const { decision } = MessageType
    assert.deepEqual(answers, [decision, decision, MessageType.busy, MessageType.busy])
  } finally {
    await server.stop()
  }
})

test("stop answers what was begun and closes idle connections at once", async () => {
  const { handler, gate, order } = echo()
  const stopMs = 2 * PATIENCE_MS
  const server = await testServer({ policy, channels: new Map([[1, handler]]), stopMs })
  await enrol(server)
  const { session, token } = await signIn(server)
  const link = new ApplicationLink(session)
  const resumed = await server.session()
  await resumed.resume(token)
  const idle = new ApplicationLink(resumed)
  await idle.request(1, utf8("there"))
  const slow = link.request(1, utf8("slow"))
  while (!order.includes("begin slow")) await new Promise((resolve) => setImmediate(resolve))
  const beganMs = performance.now()
  const stopped = server.stop()
  await idle.closed
  gate.release()
  assert.equal(fromUtf8(await slow), "Ada slow")
  await stopped
  await link.closed
  assert.ok(performance.now() - beganMs < stopMs / 2, "an idle connection must not be waited for")
})

test("a peer that does not read is dropped at the bound, not before", () => {
  const dropped: string[] = []
  const limits = { bytesPerConnection: 250, bytesPerSession: 1e6, bytesPerAccount: 1e6, bytesPerAddress: 1e6 }
  const part = new UnderWay(limits).part({ session: "s", account: "a", address: "1" })
  const outbox = new Outbox(
    part,
    () => new Promise<void>(() => {}),
    (why) => dropped.push(why),
  )
  outbox.send(1, new Uint8Array(400))
  outbox.send(1, new Uint8Array(400))
  assert.deepEqual(dropped, [])
  outbox.send(1, new Uint8Array(400))
  assert.deepEqual(dropped, ["slow"])
})
