import assert from "node:assert/strict"
import { test } from "node:test"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { Rng } from "@sourceprint/core/rng.js"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { ChatLimit } from "@sourceprint/protocol/chat/chat-limits.js"
import {
  type ChatAnswer,
  type ChatEvent,
  type ChatRequest,
  chatAnswer,
  chatEvent,
  chatRequest,
} from "@sourceprint/protocol/chat/wire.js"
import type { Codec } from "@sourceprint/protocol/codec.js"
import { FrameLimit } from "@sourceprint/protocol/frame.js"
import fc from "fast-check"

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex)
const long = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const blob = fc.uint8Array({ maxLength: 200 })
const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((s) => canonicalName(s) === s)
const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 5 })
const as = <T extends string>(type: T) => fc.constant(type)
const roomKind = fc.constantFrom("room" as const, "direct" as const)
const item = fc.record({
  seq: long,
  kind: fc.constantFrom("commit" as const, "welcome" as const, "message" as const),
  sender: id,
  epoch: long,
  id,
  timeMs: long,
  bytes: blob,
})

const requests: fc.Arbitrary<ChatRequest> = fc.oneof(
  fc.record({ type: as("register"), clientId: id, signatureKey: key }),
  fc.record({ type: as("putKeyPackages"), packages: many(blob), lastResort: blob }),
  fc.record({ type: as("claimKeyPackages"), name, clients: many(id) }),
  fc.record({ type: as("directory"), prefix: fc.string({ unit: "grapheme", maxLength: 20 }) }),
  fc.record({ type: as("createRoom"), roomId: id, kind: roomKind }),
  fc.record({
    type: as("commit"),
    roomId: id,
    epoch: long,
    id,
    commit: blob,
    welcome: blob,
    added: many(id),
    removed: many(id),
  }),
  fc.record({ type: as("post"), roomId: id, epoch: long, id, bytes: blob }),
  fc.record({ type: as("fetch"), roomId: id, after: long, limit: fc.nat({ max: 0xffff }) }),
  fc.record({ type: as("ack"), acks: many(fc.record({ roomId: id, seq: long })) }),
  fc.record({ type: as("rooms"), after: id }),
  fc.record({ type: as("signal"), roomId: id, bytes: blob }),
  fc.record({ type: as("leave"), roomId: id }),
  fc.record({ type: as("rejoin"), roomId: id }),
  fc.record({ type: as("dropClient"), clientId: id }),
  fc.record({ type: as("clients"), name }),
)
const member = fc.record({
  state: fc.constantFrom("in" as const, "gone" as const, "waiting" as const),
  online: fc.boolean(),
  acked: long,
  certificate: blob,
})
const answers: fc.Arbitrary<ChatAnswer> = fc.oneof(
  fc.record({ type: as("registered"), certificate: blob, packagesLeft: fc.nat({ max: 0xffff }) }),
  fc.record({ type: as("packagesKept"), packagesLeft: fc.nat({ max: 0xffff }) }),
  fc.record({
    type: as("keyPackages"),
    packages: many(fc.record({ clientId: id, certificate: blob, keyPackage: blob })),
  }),
  fc.record({ type: as("names"), names: many(name) }),
  fc.record({ type: as("done") }),
  fc.record({ type: as("accepted"), seq: long }),
  fc.record({ type: as("stale"), epoch: long }),
  fc.record({ type: as("items"), head: long, items: many(item) }),
  fc.record({
    type: as("rooms"),
    more: fc.boolean(),
    rooms: many(fc.record({ roomId: id, kind: roomKind, epoch: long, head: long, members: many(member) })),
  }),
  fc.record({ type: as("clients"), certificates: many(blob) }),
)
const events: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.record({ type: as("item"), roomId: id, item }),
  fc.record({ type: as("delivered"), roomId: id, clientId: id, seq: long }),
  fc.record({ type: as("presence"), name, online: fc.boolean() }),
  fc.record({ type: as("signal"), roomId: id, clientId: id, bytes: blob }),
  fc.record({ type: as("newClient"), name, clientId: id }),
  fc.record({ type: as("keyPackagesLow"), packagesLeft: fc.nat({ max: 0xffff }) }),
  fc.record({ type: as("gone"), roomId: id, clientId: id }),
  fc.record({ type: as("waiting"), roomId: id, clientId: id }),
)

const hasNoWrongEncoding = <T>(title: string, codec: Codec<T>, values: fc.Arbitrary<T>): void => {
  test(`every ${title} round-trips and no cut of one is one`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = codec.encode(value)
        assert.deepEqual(codec.decode(bytes), structuredClone(value)) // the clone has plain prototypes
        for (let cut = 0; cut < bytes.length; cut += Math.max(1, Math.floor(bytes.length / 40))) {
          assert.equal(codec.decode(bytes.subarray(0, cut)), undefined)
        }
        assert.equal(codec.decode(Uint8Array.of(...bytes, 0)), undefined)
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  test(`whatever decodes as ${title} encodes to the same bytes; random bytes never throw`, () => {
    const rng = new Rng(title)
    const same = (bytes: Uint8Array): void => {
      const value = codec.decode(bytes)
      if (value !== undefined) assert.deepEqual(codec.encode(value), Uint8Array.from(bytes))
    }
    fc.assert(
      fc.property(values, fc.uint8Array({ maxLength: 300 }), (value, noise) => {
        const bytes = codec.encode(value)
        for (let k = 0; k < 10; k++) same(bytes.with(rng.below(bytes.length), rng.below(256)))
        same(noise)
        same(Uint8Array.of(bytes[0], ...noise))
      }),
      { numRuns: 300, seed: 7 },
    )
  })
}
hasNoWrongEncoding("request", chatRequest, requests)
hasNoWrongEncoding("answer", chatAnswer, answers)
hasNoWrongEncoding("event", chatEvent, events)

test("the bytes are those of docs/protocol.md", () => {
  const roomId = "00112233445566778899aabbccddeeff"
  const post = chatRequest.encode({
    type: "post",
    roomId,
    epoch: 3,
    id: roomId,
    bytes: fromHex("beef"),
  })
  assert.equal(toHex(post), `07${roomId}0000000000000003${roomId}00000002beef`)
  assert.equal(toHex(chatAnswer.encode({ type: "accepted", seq: 9 })), "460000000000000009")
  const typed = chatEvent.encode({ type: "presence", name: "ada", online: true })
  assert.equal(toHex(typed), "830361646101")
})

test("lengths beyond their bounds are refused at both ends", () => {
  const roomId = "0".repeat(32)
  const post = (sizeBytes: number) =>
    chatRequest.encode({ type: "post", roomId, epoch: 0, id: roomId, bytes: new Uint8Array(sizeBytes) })
  const largest = post(ChatLimit.messageBytes)
  assert.notEqual(chatRequest.decode(largest), undefined)
  assert.throws(() => post(ChatLimit.messageBytes + 1), RangeError)
  const at = 1 + 16 + 8 + 16
  const longer = Uint8Array.of(...largest.subarray(0, at), 0, 1, 0, 1, ...largest.subarray(at + 4), 0)
  assert.equal(chatRequest.decode(longer), undefined)
  assert.throws(() => chatRequest.encode({ type: "leave", roomId: "A".repeat(32) }), RangeError)
})

test("the largest commit fits a frame of a session", () => {
  const ids = Array.from({ length: ChatLimit.membersPerRoom }, () => "0".repeat(32))
  const commit = chatRequest.encode({
    type: "commit",
    roomId: ids[0],
    epoch: 0,
    id: ids[0],
    commit: new Uint8Array(ChatLimit.commitBytes),
    welcome: new Uint8Array(ChatLimit.welcomeBytes),
    added: ids,
    removed: ids,
  })
  assert.ok(commit.length + 100 < FrameLimit.session)
})
