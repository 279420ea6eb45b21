import assert from "node:assert/strict"
import { test } from "node:test"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import {
  type Answer,
  applicationAnswer,
  applicationEvent,
  applicationRequest,
  Channel,
  MAX_APPLICATION_BODY_BYTES,
} from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import fc from "fast-check"

const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ status: fc.constant("ok" as const), body: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({
    status: fc.constant("refused" as const),
    code: fc.string({ maxLength: 20 }),
    words: fc.string({ maxLength: 40, unit: "grapheme" }).filter((words) => utf8(words).length <= 255),
  }),
  fc.constant({ status: "busy" as const }),
)

test("requests, answers and events have the bytes of docs/protocol.md", () => {
  assert.equal(toHex(applicationRequest.encode({ id: 1, body: Uint8Array.of(9) })), "0000000109")
  assert.equal(toHex(applicationEvent.encode({ id: 0, body: Uint8Array.of(9) })), "0000000009")
  assert.equal(
    toHex(applicationAnswer.encode({ id: 2, answer: { status: "ok", body: Uint8Array.of(7) } })),
    "000000020007",
  )
  assert.equal(
    toHex(applicationAnswer.encode({ id: 2, answer: { status: "refused", code: "no", words: "x" } })),
    "0000000201026e6f0178",
  )
  assert.equal(toHex(applicationAnswer.encode({ id: 2, answer: { status: "busy" } })), "0000000202")
  assert.equal(applicationRequest.decode(Uint8Array.of(0, 0, 0, 0, 5)), undefined)
})

test("every answer round-trips, no cut of a refusal is one, ids are kept", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xffffffff }), anyAnswer, (id, answer) => {
      const encoded = applicationAnswer.encode({ id, answer })
      assert.deepEqual(applicationAnswer.decode(encoded), structuredClone({ id, answer }))
      if (answer.status !== "ok") {
        for (let cut = 0; cut < encoded.length; cut++) {
          assert.equal(applicationAnswer.decode(encoded.subarray(0, cut)), undefined)
        }
        assert.equal(applicationAnswer.decode(Uint8Array.of(...encoded, 0)), undefined)
      }
    }),
  )
})

/** The server's end at the session's port: what the link sends is kept, what the test says arrives. */
function fakeSession() {
  const sent: { channel: number; payload: Uint8Array }[] = []
  const arrived: { channel: number; payload: Uint8Array }[] = []
  let wake: () => void = () => {}
  let closed = false
  return {
    sent,
    get closed() {
      return closed
    },
    say(channel: number, payload: Uint8Array) {
      arrived.push({ channel, payload })
      wake()
    },
    session: {
      sendApplication: (channel: number, payload: Uint8Array) => {
        sent.push({ channel, payload })
        return Promise.resolve()
      },
      async receiveApplication() {
        for (;;) {
          const next = arrived.shift()
          if (next !== undefined) return next
          if (closed) throw new AppError("protocol/closed", "closed")
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      },
      close() {
        closed = true
        wake()
      },
    },
  }
}

const idOf = (payload: Uint8Array): number => applicationRequest.decode(payload)?.id ?? 0

test("answers find their requests in any order; refusals and busy are errors with a code", async () => {
  const peer = fakeSession()
  const link = new ApplicationLink(peer.session)
  const one = link.request(1, utf8("a"))
  const two = link.request(2, utf8("b"))
  const three = link.request(1, utf8("c"))
  const [greeting, first, second, third] = peer.sent
  assert.deepEqual([greeting.channel, greeting.payload.length], [Channel.keepAlive, 0])
  peer.say(
    2,
    applicationAnswer.encode({
      id: idOf(second.payload),
      answer: { status: "refused", code: "quota", words: "it is full" },
    }),
  )
  peer.say(1, applicationAnswer.encode({ id: idOf(third.payload), answer: { status: "busy" } }))
  peer.say(1, applicationAnswer.encode({ id: 999, answer: { status: "busy" } })) // nobody asked
  // Another channel's answer is not an answer.
  peer.say(2, applicationAnswer.encode({ id: idOf(first.payload), answer: { status: "busy" } }))
  peer.say(1, applicationAnswer.encode({ id: idOf(first.payload), answer: { status: "ok", body: utf8("done") } }))
  await assert.rejects(two, (e) => hasCode(e, "application/refused/quota") && /it is full/.test(e.message))
  await assert.rejects(three, (e) => hasCode(e, "application/busy"))
  assert.deepEqual(await one, utf8("done"))
  link.close()
  await link.closed
  assert.equal(peer.closed, true)
})

test("events reach their channel's listener, keep-alives are answered, an end rejects open requests", async () => {
  const peer = fakeSession()
  const link = new ApplicationLink(peer.session)
  const heard: string[] = []
  const event = new Promise<void>((resolve) => {
    link.onEvent(1, (body) => {
      heard.push(new TextDecoder().decode(body))
      resolve()
    })
  })
  peer.say(2, applicationEvent.encode({ id: 0, body: utf8("for nobody") }))
  peer.say(Channel.keepAlive, new Uint8Array(0))
  peer.say(1, applicationEvent.encode({ id: 0, body: utf8("hello") }))
  await event
  assert.deepEqual(heard, ["hello"])
  assert.equal(peer.sent.filter(({ channel }) => channel === Channel.keepAlive).length, 2)
  const lost = link.request(1, utf8("x"))
  peer.session.close()
  await assert.rejects(lost, (e) => hasCode(e, "application/closed"))
  await link.closed
  await assert.rejects(link.request(1, utf8("y")), (e) => hasCode(e, "application/closed"))
})

test(
  "a late answer is a timeout, a silent server an end, a malformed one too; a body too large is not " + "sent",
  async () => {
    const peer = fakeSession()
    const link = new ApplicationLink(peer.session)
    await assert.rejects(link.request(1, utf8("x"), 5), (e) => hasCode(e, "application/timeout"))
    const big = new Uint8Array(MAX_APPLICATION_BODY_BYTES + 1)
    await assert.rejects(link.request(1, big), (e) => hasCode(e, "application/size"))
    peer.say(1, Uint8Array.of(1, 2))
    await link.closed
    assert.equal(peer.closed, true)

    const silent = new ApplicationLink(fakeSession().session, 20)
    const waiting = silent.request(1, utf8("x"))
    await assert.rejects(waiting, (e) => hasCode(e, "application/closed") && /silent/.test(e.message))
    await silent.closed
  },
)
