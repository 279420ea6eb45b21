import assert from "node:assert/strict"
import { test } from "node:test"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { Rng } from "@sourceprint/core/rng.js"
import { canonicalName, nameKey } from "@sourceprint/protocol/account-name.js"
import { FaceAction } from "@sourceprint/protocol/face-action.js"
import { FaceCheck, FaceStage } from "@sourceprint/protocol/face-progress.js"
import type { FactorSet } from "@sourceprint/protocol/factor-set.js"
import { encodeFrame, FrameReader } from "@sourceprint/protocol/frame.js"
import {
  type ClientMessage,
  clientMessage,
  DeviceState,
  MessageType,
  Modality,
  Outcome,
  type ServerMessage,
  serverMessage,
  signIn,
} from "@sourceprint/protocol/message.js"
import { Check, JobEnd, type Progress, Purpose, Stage, Unable } from "@sourceprint/protocol/scanner-progress.js"
import fc from "fast-check"

type Message = ClientMessage | ServerMessage
const isClients = (message: Message): message is ClientMessage => signIn.messages[message.type][2] === "toServer"
const encodeMessage = (message: Message): Uint8Array =>
  isClients(message) ? clientMessage.encode(message) : serverMessage.encode(message)
const decodeMessage = (bytes: Uint8Array): Message | undefined => {
  const [client, server] = [clientMessage.decode(bytes), serverMessage.decode(bytes)]
  assert.ok(client === undefined || server === undefined)
  return client ?? server
}

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const time = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const id = fc.stringMatching(/^[a-z0-9._-]{1,64}$/)
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((s) => canonicalName(s) === s)
const device = fc.option(fc.record({ deviceId: id, scannerId: id, signature: bytes(64) }), { nil: undefined })
const blob = fc.uint8Array({ maxLength: 300 })
const as = <T extends string>(type: T) => fc.constant(type)
const small = fc.nat({ max: 255 })
const words = fc.oneof(name, fc.constant(""))
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const real = fc.double({ noNaN: true, noDefaultInfinity: true })
const faceProgress = fc.oneof(
  fc
    .tuple(fc.nat({ max: 255 }), fc.integer({ min: 1, max: 255 }))
    .map(([done, total]) => ({ stage: FaceStage.looked, done: Math.min(done, total), total })),
  fc.record({
    stage: as(FaceStage.check),
    check: fc.constantFrom(...Object.values(FaceCheck)),
    value: real,
    threshold: real,
  }),
)
const progress: fc.Arbitrary<Progress> = fc.oneof(
  fc.record({ stage: as(Stage.waiting), ahead: small }),
  fc.record({
    stage: as(Stage.touch),
    scannerId: id,
    name,
    purpose: fc.constantFrom(...Object.values(Purpose)),
    code: fc.stringMatching(/^[0-9]{4}$/),
    windowMs: fc.nat(),
    remaining: small,
  }),
  fc.record({ stage: as(Stage.capturing) }),
  fc.record({ stage: as(Stage.image), whole: fc.boolean(), image: blob }),
  fc.record({
    stage: as(Stage.check),
    check: fc.constantFrom(...Object.values(Check)),
    value: finite,
    threshold: finite,
  }),
  fc.record({ stage: as(Stage.unable), reason: fc.constantFrom(...Object.values(Unable)) }),
  fc.record({ stage: as(Stage.ended), end: fc.constantFrom(...Object.values(JobEnd)) }),
)
const factorSet: fc.Arbitrary<FactorSet> = fc
  .subarray(["finger", "scanner", "face", "passkey"] as const)
  .map((set) => ["password", ...set] as const)
  .filter((set) => !set.includes("scanner") || set.includes("finger"))
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: as(MessageType.signInStart), name, clientTimeMs: time, device, ke1: blob }),
  fc.record({ type: as(MessageType.signInFinish), ke3: blob }),
  fc.record({
    type: as(MessageType.capture),
    challenge: bytes(32),
    modality: fc.constantFrom(Modality.finger, Modality.face),
    captureTimeMs: time,
    sequence: fc.nat(),
    deviceId: id,
    scannerId: id,
    imageSha256: bytes(32),
    signature: bytes(64),
    image: blob,
  }),
  fc.record({
    type: as(MessageType.enrolStart),
    name,
    clientTimeMs: time,
    device,
    enrolmentId: bytes(32),
    code: fc.string({ unit: "grapheme", maxLength: 20 }),
    finger: id,
    request: blob,
  }),
  fc.record({ type: as(MessageType.enrolRecord), record: blob }),
  fc.record({ type: as(MessageType.clientApplication), channel: fc.nat({ max: 255 }), payload: blob }),
  fc.record({ type: as(MessageType.serverApplication), channel: fc.nat({ max: 255 }), payload: blob }),
  fc.record({ type: as(MessageType.resume), token: bytes(32), clientTimeMs: time }),
  fc.record({ type: as(MessageType.addFinger), finger: id }),
  fc.record({ type: as(MessageType.signInResponse), serverTimeMs: time, ke2: blob }),
  fc.record({
    type: as(MessageType.challenge),
    challenge: bytes(32),
    serverTimeMs: time,
    windowMs: fc.nat(),
    remaining: fc.nat({ max: 255 }),
  }),
  fc.record({
    type: as(MessageType.decision),
    outcome: fc.constantFrom(Outcome.pass, Outcome.fail, Outcome.retry),
    requestSha256: bytes(32),
    token: bytes(32),
    expiresAtMs: time,
  }),
  fc.record({ type: as(MessageType.busy), retryAfterMs: fc.nat() }),
  fc.record({ type: as(MessageType.enrolResponse), response: blob }),
  fc.record({
    type: as(MessageType.linkDevice),
    clientTimeMs: time,
    proof: fc.record({ deviceId: id, scannerId: id, signature: bytes(64) }),
    words,
  }),
  fc.record({ type: as(MessageType.chooseScanner), scannerId: fc.oneof(id, fc.constant("")) }),
  fc.record({
    type: as(MessageType.deviceState),
    state: fc.constantFrom(...Object.values(DeviceState)),
    clientTimeMs: time,
    challenge: bytes(32),
  }),
  fc.record({
    type: as(MessageType.scanners),
    remaining: small,
    scanners: fc.array(fc.record({ scannerId: id, words, busy: small }), { maxLength: 5 }),
  }),
  fc.record({ type: as(MessageType.progress), progress }),
  fc.record({ type: as(MessageType.linked), serverTimeMs: time, everyMs: fc.nat() }),
  fc.record({
    type: as(MessageType.faceCapture),
    challenge: bytes(32),
    captureTimeMs: time,
    sequence: fc.nat(),
    bundleSha256: bytes(32),
    frames: fc
      .array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 3 })
      .map((images) => images.map((image, i) => ({ offsetMs: i * 100, image }))),
  }),
  fc.record({ type: as(MessageType.passkeyAnswer), answer: blob }),
  fc.record({ type: as(MessageType.recovery), code: fc.string({ unit: "grapheme", maxLength: 20 }) }),
  fc.record({ type: as(MessageType.chooseFactors), chosen: factorSet }),
  fc.record({
    type: as(MessageType.faceChallenge),
    challenge: bytes(32),
    serverTimeMs: time,
    windowMs: fc.nat(),
    remaining: fc.nat({ max: 255 }),
    actions: fc.array(fc.constantFrom(...Object.values(FaceAction)), { maxLength: 6 }),
  }),
  fc.record({ type: as(MessageType.passkeyChallenge), options: blob }),
  fc.record({ type: as(MessageType.faceProgress), progress: faceProgress }),
  fc.record({
    type: as(MessageType.factors),
    ways: fc.array(factorSet, { minLength: 1, maxLength: 8 }),
  }),
)

test("a message has the bytes of docs/protocol.md", () => {
  const busy = encodeMessage({ type: MessageType.busy, retryAfterMs: 0x0102 })
  assert.equal(toHex(busy), "2400000102")
  const start = encodeMessage({
    type: MessageType.signInStart,
    name: "ada",
    clientTimeMs: 5,
    device: undefined,
    ke1: Uint8Array.of(7),
  })
  const check = { stage: Stage.check, check: Check.finger, value: 1.5, threshold: 6 }
  assert.equal(
    toHex(encodeMessage({ type: MessageType.progress, progress: check })),
    "28" + "05" + "04" + "3ff8000000000000" + "4018000000000000",
  )
  const looked = { stage: FaceStage.looked, done: 3, total: 24 }
  assert.equal(toHex(encodeMessage({ type: MessageType.faceProgress, progress: looked })), "2d010318")
  assert.equal(decodeMessage(Uint8Array.of(0x2d, 1, 4, 3)), undefined, "more looked at than there are")
  const scanners = [{ scannerId: "a", words: "", busy: 1 }]
  assert.equal(
    toHex(encodeMessage({ type: MessageType.scanners, remaining: 3, scanners })),
    "2903" + "0001" + "0161" + "00" + "01",
  )
  assert.equal(toHex(start), "11" + "03616461" + "0000000000000005" + "00" + "000107")
})

test("every message round-trips and no cut of one is a message", () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const encoded = encodeMessage(message)
      assert.deepEqual(decodeMessage(encoded), structuredClone(message)) // the clone has plain prototypes
      for (let cut = 0; cut < encoded.length; cut += Math.max(1, Math.floor(encoded.length / 40))) {
        assert.equal(decodeMessage(encoded.subarray(0, cut)), undefined)
      }
      assert.equal(decodeMessage(Uint8Array.of(...encoded, 0)), undefined)
    }),
    { numRuns: 300 },
  )
})

test("one value has one encoding: whatever decodes encodes back to the same bytes", () => {
  const rng = new Rng("mutations")
  fc.assert(
    fc.property(anyMessage, (message) => {
      const encoded = encodeMessage(message)
      for (let k = 0; k < 10; k++) {
        const mutated = encoded.with(rng.below(encoded.length), rng.below(256))
        const decoded = decodeMessage(mutated)
        if (decoded !== undefined) assert.deepEqual(encodeMessage(decoded), mutated)
      }
    }),
    { numRuns: 300 },
  )
})

test("names are canonical or refused", () => {
  assert.equal(canonicalName("  Ada "), "Ada")
  assert.equal(canonicalName("ﬁnn"), "finn")
  assert.equal(canonicalName("李 明"), "李 明")
  assert.equal(nameKey("ADA"), nameKey("ada"))
  for (const bad of ["", " ", "a\nb", "a\u202eb", "a  b", "\u0000", "x".repeat(65), "a\u200bb"]) {
    assert.equal(canonicalName(bad), undefined, JSON.stringify(bad))
  }
})

test("the frame reader yields the same frames however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (bodies, cuts) => {
        const stream = Uint8Array.from(bodies.flatMap((body) => [...encodeFrame(body)]))
        const reader = new FrameReader()
        const found: Uint8Array[] = []
        for (let at = 0, k = 0; at < stream.length; k++) {
          const size = cuts[k % cuts.length]
          reader.push(stream.subarray(at, at + size))
          at += size
          for (let next = reader.next(50); next !== "more"; next = reader.next(50)) {
            assert.notEqual(next, "broken")
            if (next !== "broken") found.push(next)
          }
        }
        assert.deepEqual(found.map(toHex), bodies.map(toHex))
        assert.equal(reader.bufferedBytes, 0)
      },
    ),
  )
})

test("a lying length is broken before its body is buffered", () => {
  for (const prefix of ["ffffffff", "00000000", "00000101"]) {
    const reader = new FrameReader()
    reader.push(fromHex(prefix))
    assert.equal(reader.next(256), "broken")
  }
})
