import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { delay } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { ClientSession } from "@sourceprint/protocol/client-session.js"
import { type Device, proveDevice, signCapture } from "@sourceprint/protocol/device-signature.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { openHandshake } from "@sourceprint/protocol/handshake.js"
import {
  type ClientMessage,
  clientMessage,
  DeviceState,
  MessageType,
  Modality,
  Outcome,
} from "@sourceprint/protocol/message.js"
import { ScannerLink } from "@sourceprint/protocol/scanner-link.js"
import { Check, JobEnd, type Progress, Purpose, Stage, Unable } from "@sourceprint/protocol/scanner-progress.js"
import type { SessionStep } from "@sourceprint/protocol/session-step.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { enrolPerson, quickStretching, type TestServer, testServer, touch } from "../../../support/auth-server.js"
import { type HandScanner, handScanner } from "../../../support/linked-scanner.js"
import { PATIENCE_MS, until } from "../../../support/patience.js"

let server: TestServer
let device: Device
let scanner: HandScanner
before(async () => {
  server = await testServer({ policy: { capturesPerEnrolment: 2 }, limitRules: noLimits })
  device = await server.addDevice("desk", "r307-1")
  scanner = await handScanner(server, device, "front desk")
})
after(() => server.stop())

const person = { name: "Ada", password: "pw", stretching: quickStretching }
const isPass = (answer: { type: string; outcome?: number } | undefined): boolean =>
  answer?.type === MessageType.decision && answer.outcome === Outcome.pass

/** Signs in up to the list of scanners. */
async function atScanners(who = person): Promise<ClientSession> {
  const session = await server.session()
  const answer = await session.signIn(who)
  assert.equal(answer.type, MessageType.scanners)
  return session
}

/** The scanner hears how each touch ended on its own connection, which may be after the browser does on its. */
const untilTold = (): Promise<void> =>
  until(() => scanner.ends.length === scanner.requests.length, "the scanner hears how it ended")

async function choose(session: ClientSession, image: Uint8Array | number, at = scanner) {
  const heard: Progress[] = []
  at.give(image as Uint8Array)
  const hear = (progress: Progress): void => void heard.push(progress)
  const answer = await session.chooseScanner(at === scanner ? "r307-1" : "", hear)
  return { heard, answer, stages: heard.map(({ stage }) => stage) }
}

test("a sign-up by a linked scanner: touches until there are enough, then the account", async () => {
  const session = await server.session()
  const enrolmentId = webCrypto.randomBytes(32)
  const offer = await session.enrol({ ...person, enrolmentId, code: "", finger: "right-index" })
  assert.deepEqual(offer, {
    type: MessageType.scanners,
    remaining: 2,
    scanners: [{ scannerId: "r307-1", words: "front desk", busy: 0 }],
  })
  const first = await choose(session, touch("Ada-finger", "r307-1"))
  assert.equal(first.answer.type === MessageType.decision && first.answer.outcome, Outcome.retry)
  const again = await session.nextStep()
  assert.equal(again.type === MessageType.scanners && again.remaining, 1)
  const poor = await choose(session, touch("Ada-finger", "r307-1", 5))
  assert.equal(poor.answer.type === MessageType.decision && poor.answer.outcome, Outcome.retry)
  assert.equal(poor.stages.includes(Stage.check), false)
  await session.nextStep()
  const second = await choose(session, touch("Ada-finger", "r307-1"))
  assert.ok(isPass(second.answer))
  assert.deepEqual(
    scanner.requests.map(({ name, purpose, remaining }) => ({ name, purpose, remaining })),
    [2, 1, 1].map((remaining) => ({ name: "Ada", purpose: Purpose.signUp, remaining })),
  )
  await untilTold()
  assert.deepEqual(scanner.ends, [JobEnd.accepted, JobEnd.again, JobEnd.accepted])
  session.close()
})

test("a sign-in: both ends show one code, after the pass each check with value and threshold, in order", async () => {
  const session = await atScanners()
  const { heard, answer } = await choose(session, touch("Ada-finger", "r307-1"))
  assert.ok(isPass(answer))
  const asked = heard.find((progress) => progress.stage === Stage.touch)
  assert.deepEqual(asked, scanner.requests.at(-1))
  assert.deepEqual(
    heard.map((progress) => (progress.stage === Stage.check ? `check ${progress.check}` : progress.stage)),
    [
      Stage.touch,
      Stage.capturing,
      `check ${Check.integrity}`,
      `check ${Check.freshness}`,
      `check ${Check.quality}`,
      `check ${Check.finger}`,
      `check ${Check.scanner}`,
    ],
  )
  for (const progress of heard) {
    if (progress.stage !== Stage.check) continue
    const kept =
      progress.check === Check.freshness ? progress.value <= progress.threshold : progress.value >= progress.threshold
    assert.ok(kept, JSON.stringify(progress))
  }
  if (answer.type !== MessageType.decision) return
  const stored = await server.deps.store.session(toHex(await webCrypto.sha256(answer.token)), Date.now())
  assert.equal(stored?.deviceId, "desk")
  assert.deepEqual(stored?.factors, ["password", "finger", "scanner"])
  session.close()
})

test("another finger and another scanner: the same words, no check named, and the audit log knows", async () => {
  for (const [image, reason] of [
    [touch("Bob-finger", "r307-1"), "sign-in finger"],
    [touch("Ada-finger", "r307-2"), "sign-in scanner"],
  ] as const) {
    const session = await atScanners()
    const { answer, stages } = await choose(session, image)
    assert.equal(answer.type === MessageType.decision && answer.outcome, Outcome.retry)
    assert.deepEqual(stages, [Stage.touch, Stage.capturing])
    assert.equal((await server.reasons()).at(-1), reason)
    await untilTold()
    assert.equal(scanner.ends.at(-1), JobEnd.again)
    session.close()
  }
})

test("a wrong password never reaches a scanner", async () => {
  const asked = scanner.requests.length
  const session = await server.session()
  await assert.rejects(session.signIn({ ...person, password: "no" }), (e) => hasCode(e, "protocol/password"))
  assert.equal(scanner.requests.length, asked)
})

test("no finger, no scanner, a declined one: told as such, nothing used up; three times in vain end it", async () => {
  const session = await atScanners()
  for (const [state, unable] of [
    [DeviceState.noFinger, Unable.noFinger],
    [DeviceState.declined, Unable.declined],
  ] as const) {
    const { heard, answer } = await choose(session, state)
    assert.deepEqual(heard.at(-1), { stage: Stage.unable, reason: unable })
    assert.equal(answer.type === MessageType.scanners && answer.remaining, 3)
    assert.equal((await server.reasons()).at(-1), "scanner timeout")
  }
  const last = await choose(session, DeviceState.noScanner)
  assert.equal(last.answer.type === MessageType.decision && last.answer.outcome, Outcome.fail)
  assert.equal((await server.reasons()).at(-1), "sign-in timeout")
  session.close()
})

test("a scanner that is not there answers with the list; so does an empty id where there are two", async () => {
  const session = await atScanners()
  const absent = await session.chooseScanner("r307-9", () => {})
  assert.equal(absent.type === MessageType.scanners && absent.scanners.length, 1)
  const second = await handScanner(server, await server.addDevice("back", "r307-2"))
  const either = await session.chooseScanner("", () => {})
  assert.deepEqual(either.type === MessageType.scanners && either.scanners.map(({ scannerId }) => scannerId), [
    "r307-1",
    "r307-2",
  ])
  second.link.close()
  await until(() => server.deps.scanners.list().length === 1, "the second scanner leaves")
  session.close()
})

test("two browsers at one scanner: the second waits, is told so, and is served next", async () => {
  const [first, second] = [await atScanners(), await atScanners()]
  const heard: Progress[] = []
  const one = first.chooseScanner("", () => {})
  await until(() => server.deps.scanners.list()[0].busy === 1, "the first is at the scanner")
  const two = second.chooseScanner("", (progress) => void heard.push(progress))
  await until(() => heard.length > 0, "the second hears that it waits")
  assert.deepEqual(heard[0], { stage: Stage.waiting, ahead: 1 })
  scanner.give(touch("Ada-finger", "r307-1"))
  assert.ok(isPass(await one))
  scanner.give(touch("Ada-finger", "r307-1"))
  assert.ok(isPass(await two))
  assert.notEqual(scanner.requests.at(-1)?.code, undefined)
  first.close()
  second.close()
})

test("the line of one scanner is bounded: the one too many gets the list with how busy it is", async () => {
  const asked = scanner.requests.length
  const waiting: ClientSession[] = []
  for (let i = 0; i < 5; i++) {
    const session = await atScanners()
    waiting.push(session)
    void session.chooseScanner("", () => {}).catch(() => {})
    await until(() => server.deps.scanners.list()[0].busy === i + 1, "one more in line")
  }
  await until(() => scanner.requests.length > asked, "the first in line is asked for a touch")
  const tooMany = await atScanners()
  const answer = await tooMany.chooseScanner("", () => {})
  assert.deepEqual(answer.type === MessageType.scanners && answer.scanners.map(({ busy }) => busy), [5])
  for (const session of [...waiting, tooMany]) session.close()
  await until(() => server.deps.scanners.list()[0].busy === 0, "those who left give up their places")
  await untilTold()
  assert.equal(scanner.ends.at(-1), JobEnd.cancelled)
})

test("a browser that leaves frees the scanner, and the finger it waited for serves nobody else", async () => {
  const leaving = await atScanners()
  void leaving.chooseScanner("", () => {}).catch(() => {})
  const asked = scanner.requests.length
  await until(() => scanner.requests.length > asked, "the scanner is asked")
  leaving.close()
  await until(() => server.deps.scanners.list()[0].busy === 0, "the scanner is free")
  await untilTold()
  assert.equal(scanner.ends.at(-1), JobEnd.cancelled)
  const next = await atScanners()
  assert.ok(isPass((await choose(next, touch("Ada-finger", "r307-1"))).answer))
  next.close()
})

test("a device that goes mid-capture: the browser is told and may choose again; the device comes back", async () => {
  const device2 = await server.addDevice("shaky", "r307-3")
  const shaky = await handScanner(server, device2)
  const session = await atScanners()
  const heard: Progress[] = []
  const going = session.chooseScanner("r307-3", (progress) => void heard.push(progress))
  await until(() => shaky.requests.length === 1, "it is asked")
  shaky.link.close()
  const answer = await going
  assert.deepEqual(heard.at(-1), { stage: Stage.unable, reason: Unable.unlinked })
  assert.deepEqual(answer.type === MessageType.scanners && answer.scanners.map(({ scannerId }) => scannerId), [
    "r307-1",
  ])
  const back = await handScanner(server, device2)
  assert.equal(server.deps.scanners.list().length, 2)
  back.link.close()
  session.close()
  await until(() => server.deps.scanners.list().length === 1, "it leaves again")
  assert.ok((await server.reasons()).includes("scanner unlinked"))
})

test("a device that links again takes the place of its earlier connection", async () => {
  const twice = await server.addDevice("twice", "r307-4")
  const earlier = await handScanner(server, twice)
  const later = await handScanner(server, twice)
  assert.ok(hasCode(await earlier.ended, "protocol/closed"))
  assert.equal(server.deps.scanners.list().filter(({ scannerId }) => scannerId === "r307-4").length, 1)
  later.link.close()
  await until(() => server.deps.scanners.list().length === 1, "it leaves")
})

test("a capture made for one browser's sign-in is worth nothing in another's", async () => {
  const sent: Uint8Array[] = []
  const recording = (port: FramePort): FramePort => ({
    receive: (limit, timeoutMs) => port.receive(limit, timeoutMs),
    close: () => port.close(),
    async send(body) {
      sent.push(body)
      await port.send(body)
    },
  })
  const device5 = await server.addDevice("recorded", "r307-5")
  const recorded = await handScanner(server, device5, "", recording)
  const bob = { ...person, name: "Bob" }
  const enrolling = await server.session()
  await enrolling.enrol({ ...bob, enrolmentId: webCrypto.randomBytes(32), code: "", finger: "thumb" })
  for (let i = 0; i < 2; i++) {
    recorded.give(touch("Bob-finger", "r307-5"))
    const done = await enrolling.chooseScanner("r307-5", () => {})
    if (!isPass(done)) await enrolling.nextStep()
  }
  // The record of an accepted capture again, as it was: the channel's counter has moved on, the link ends.
  const image = touch("Bob-finger", "r307-5")
  const session = await atScanners(bob)
  recorded.give(image)
  assert.ok(isPass(await session.chooseScanner("r307-5", () => {})))
  const other = await atScanners(bob)
  const replaying = other.chooseScanner("r307-5", () => {})
  await until(() => recorded.requests.length === 4, "it is asked again")
  const capture = sent.reduce((a, b) => (b.length >= a.length ? b : a))
  await recorded.port.send(capture)
  const refused = await replaying
  assert.equal(refused.type, MessageType.scanners)
  assert.equal((await server.reasons()).filter((reason) => reason.endsWith("passed")).length > 0, true)
  // The same image signed again for the new challenge: it was accepted before.
  const again = await handScanner(server, device5)
  again.give(image)
  const replayed = await other.chooseScanner("r307-5", () => {})
  assert.equal(replayed.type === MessageType.decision && replayed.outcome, Outcome.fail)
  assert.equal((await server.reasons()).at(-1), "sign-in replay")
  again.link.close()
  for (const ended of [enrolling, session, other]) ended.close()
})

test(
  "captures that answer no open challenge are written down and change nothing; a stream of them ends " + "the link",
  async () => {
    const strange = await server.addDevice("strange", "r307-6")
    const port = await server.connect()
    const { h0, channel } = await openHandshake(webCrypto, port, () => true, PATIENCE_MS)
    const send = async (message: ClientMessage): Promise<void> =>
      port.send(await channel.seal(clientMessage.encode(message)))
    const proof = await proveDevice(strange, h0)
    await send({ type: MessageType.linkDevice, clientTimeMs: Date.now(), proof, words: "" })
    await until(() => server.deps.scanners.list().length === 2, "it links")
    const image = touch("Ada-finger", "r307-6")
    const stray = async (sequence: number): Promise<void> => {
      const fields = {
        challenge: webCrypto.randomBytes(32),
        modality: Modality.finger,
        captureTimeMs: Date.now(),
        sequence,
        deviceId: "strange",
        scannerId: "r307-6",
        imageSha256: await webCrypto.sha256(image),
      }
      const signature = await signCapture(strange.signer, h0, fields)
      await send({ type: MessageType.capture, ...fields, signature, image })
    }
    await stray(1)
    await until(async () => (await server.reasons()).at(-1) === "scanner challenge", "it is written down")
    assert.equal(server.deps.scanners.list().length, 2)
    for (let sequence = 2; sequence <= 30; sequence++) await stray(sequence)
    await until(() => server.deps.scanners.list().length === 1, "the link ends")
  },
)

test("a further finger by a linked scanner, after a sign-in by one", async () => {
  const session = await atScanners()
  assert.ok(isPass((await choose(session, touch("Ada-finger", "r307-1"))).answer))
  let step: SessionStep = await session.addFinger("left-thumb")
  while (step.type === MessageType.scanners) {
    const { answer } = await choose(session, touch("Ada-thumb", "r307-1"))
    step = isPass(answer) ? answer : await session.nextStep()
  }
  assert.ok(isPass(step))
  session.close()
  const later = await atScanners()
  assert.ok(isPass((await choose(later, touch("Ada-thumb", "r307-1"))).answer))
  later.close()
})

test("who has scanners wait and leaves is slowed down, at sign-up as at sign-in", async () => {
  const rules = { ...noLimits, pair: { free: 3, maxMs: 60_000 } }
  const strict = await testServer({ limitRules: rules })
  const desk = await handScanner(strict, await strict.addDevice("desk", "r307-1"))
  const leave = async (begin: (session: ClientSession) => Promise<SessionStep>): Promise<string> => {
    const session = await strict.session()
    const answer = await begin(session)
    if (answer.type !== MessageType.scanners) return answer.type
    const asked = desk.requests.length
    void session.chooseScanner("", () => {}).catch(() => {})
    await until(() => desk.requests.length > asked, "the scanner is asked")
    const before = (await strict.reasons()).length
    session.close()
    await until(async () => (await strict.reasons()).length > before, "it is written down")
    return answer.type
  }
  const signUp = (session: ClientSession) =>
    session.enrol({ ...person, enrolmentId: webCrypto.randomBytes(32), code: "", finger: "thumb" })
  await enrolPerson(strict, await strict.addDevice("own", "r307-2"), "Bob", "pw")
  const signIn = (session: ClientSession) => session.signIn({ ...person, name: "Bob" })
  const { scanners, busy } = MessageType
  for (const begin of [signUp, signIn]) {
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await leave(begin))
    assert.deepEqual(answers, [scanners, scanners, scanners, busy])
  }
  await strict.stop()
})

test("who may link: a registered device with its own key, while the operator allows it", async () => {
  const deps = { crypto: webCrypto, clock: systemClock, trusts: () => true }
  // A server of its own: the tests before may have filled the audit log's minute with strangers.
  const own = await testServer()
  const desk = await own.addDevice("desk", "r307-1")
  const stranger = { ...desk, signer: await webCrypto.signer(new Uint8Array(32).fill(9)) }
  for (const claimed of [stranger, { ...desk, scannerId: "r307-2" }, { ...desk, deviceId: "nobody" }]) {
    await assert.rejects(ScannerLink.open(deps, await own.connect(), claimed, ""), (e) =>
      hasCode(e, "protocol/refused"),
    )
    assert.equal((await own.reasons()).at(-1), "scanner device")
  }
  await own.stop()
  const strict = await testServer({ policy: { linkedScanners: false } })
  const known = await strict.addDevice("desk", "r307-1")
  await assert.rejects(handScanner(strict, known), (e) => hasCode(e, "protocol/refused"))
  await strict.stop()
})

test("signs of life: a silent device and a revoked one are unlinked, a live one stays", async (t) => {
  // Each end ends the link when the other is late by twice as much: on a loaded machine too, a live one must not be.
  const timing = { everyMs: 1000, answerMs: 1000 }
  const quick = await testServer({ scannerTiming: timing })
  t.after(() => quick.stop())
  const [live, revoked, silent] = [
    await quick.addDevice("live", "r307-1"),
    await quick.addDevice("revoked", "r307-2"),
    await quick.addDevice("silent", "r307-3"),
  ]
  await handScanner(quick, live)
  const ending = await handScanner(quick, revoked)
  const deps = { crypto: webCrypto, clock: systemClock, trusts: () => true }
  await ScannerLink.open(deps, await quick.connect(), silent, "") // and never serves
  assert.equal(quick.deps.scanners.list().length, 3)
  await quick.deps.store.revokeDevice("revoked", { atMs: 1, event: "admin", reason: "device-revoked" })
  assert.ok(hasCode(await ending.ended, "protocol/closed"))
  await until(() => quick.deps.scanners.list().length === 1, "the silent one is dropped")
  await delay(4 * timing.everyMs)
  assert.deepEqual(
    quick.deps.scanners.list().map(({ scannerId }) => scannerId),
    ["r307-1"],
  )
})
