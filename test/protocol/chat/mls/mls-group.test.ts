import assert from "node:assert/strict"
import { test } from "node:test"
import { concat, fromHex, utf8 } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { publicBytes, readClaimedPackage } from "@sourceprint/protocol/chat/mls/key-package.js"
import { MlsGroup } from "@sourceprint/protocol/chat/mls/mls-group.js"
import { createCommit, encodeMlsMessage, type Proposal } from "ts-mls"
import { careless, chatId, groupOf, honest, keyPackageOf, person, stranger } from "../../../support/mls-people.js"

const roomId = chatId("room")
const unreadable = (error: unknown): boolean => hasCode(error, "chat/unreadable")
const [ada, bob, cyn] = [await person("Ada"), await person("Bob"), await person("Cyn")]
const three = () => groupOf(roomId, [ada, bob, cyn])

test("a message is read once by everybody else, with its sender by the certificate", async () => {
  const [a, b, c] = await three()
  const sealed = await a.seal(chatId("m1"), utf8("hello"))
  for (const group of [b, c]) {
    const opened = await group.open(chatId("m1"), "message", sealed.bytes)
    assert.equal(opened.kind, "message")
    assert.deepEqual(opened.sender, ada.claims)
    assert.deepEqual(opened.kind === "message" && opened.plain, utf8("hello"))
    await assert.rejects(opened.group.open(chatId("m1"), "message", sealed.bytes), unreadable) // replayed
  }
  await assert.rejects(sealed.group.open(chatId("m1"), "message", sealed.bytes), unreadable) // reflected
})

test("another id, another room, another kind and any flipped bit are refused", async () => {
  const [a, b] = await three()
  const { bytes } = await a.seal(chatId("m1"), utf8("hello"))
  await assert.rejects(b.open(chatId("m2"), "message", bytes), unreadable)
  await assert.rejects(b.open(chatId("m1"), "commit", bytes), unreadable)
  const [, other] = await groupOf(chatId("other"), [ada, bob])
  await assert.rejects(other.open(chatId("m1"), "message", bytes), unreadable)
  const rng = new Rng("flips")
  for (let k = 0; k < 60; k++) {
    const at = rng.below(bytes.length)
    await assert.rejects(b.open(chatId("m1"), "message", bytes.with(at, bytes[at] ^ (1 << rng.below(8)))), unreadable)
    await assert.rejects(b.open(chatId("m1"), "message", bytes.subarray(0, at)), unreadable)
  }
  assert.equal((await b.open(chatId("m1"), "message", bytes)).kind, "message")
})

test("of one sender's messages an earlier one is refused after a later one", async () => {
  const [a, b] = await three()
  const first = await a.seal(chatId("m1"), utf8("one"))
  const second = await first.group.seal(chatId("m2"), utf8("two"))
  const after = await b.open(chatId("m2"), "message", second.bytes)
  await assert.rejects(after.group.open(chatId("m1"), "message", first.bytes), unreadable)
})

test("a state survives encoding; what is no state decodes to nothing", async () => {
  const [a, b] = await three()
  const again = MlsGroup.decode(honest, b.encode())
  const { bytes } = await a.seal(chatId("m1"), utf8("hello"))
  assert.equal((await again?.open(chatId("m1"), "message", bytes))?.kind, "message")
  assert.deepEqual(again?.members(), a.members())
  assert.equal(MlsGroup.decode(honest, b.encode().subarray(1)), undefined)
  assert.equal(MlsGroup.decode(honest, concat([b.encode(), Uint8Array.of(0)])), undefined)
})

test("a removed member has no key of what is sealed later", async () => {
  const [a, b, c] = await three()
  const made = await a.commit(chatId("c1"), [], [bob.claims.clientId])
  const atCyn = await c.open(chatId("c1"), "commit", made.commit)
  assert.deepEqual(atCyn.sender, ada.claims)
  const { bytes } = await made.group.seal(chatId("m1"), utf8("without Bob"))
  assert.equal((await atCyn.group.open(chatId("m1"), "message", bytes)).kind, "message")
  await assert.rejects(b.open(chatId("m1"), "message", bytes), unreadable) // with all that he had
  const atBob = await b.open(chatId("c1"), "commit", made.commit)
  assert.equal(atBob.group.active, false)
  await assert.rejects(atBob.group.open(chatId("m1"), "message", bytes), unreadable)
  const keys = await Promise.all([a, made.group, b].map((group) => group.exportKey("label")))
  assert.deepEqual(keys[0], keys[2])
  assert.notDeepEqual(keys[0], keys[1])
})

test("a commit that lost its race leaves the state as good as before", async () => {
  const [a, b, c] = await three()
  await b.commit(chatId("lost"), [], [cyn.claims.clientId])
  const won = await a.commit(chatId("won"), [], [])
  const [atB, atC] = [
    await b.open(chatId("won"), "commit", won.commit),
    await c.open(chatId("won"), "commit", won.commit),
  ]
  const { bytes } = await atB.group.seal(chatId("m1"), utf8("all three"))
  assert.equal((await atC.group.open(chatId("m1"), "message", bytes)).kind, "message")
})

test("used keys are zeroed: what has been read cannot be read from the states that are left", async () => {
  const [a, b] = await three()
  const { bytes, group, zeroize: forget } = await a.seal(chatId("m1"), utf8("hello"))
  forget()
  await assert.rejects(b.open(chatId("m1"), "message", (await a.seal(chatId("m1"), utf8("again"))).bytes), unreadable)
  const opened = await b.open(chatId("m1"), "message", bytes)
  opened.zeroize()
  await assert.rejects(b.open(chatId("m1"), "message", bytes), unreadable)
  const next = await group.seal(chatId("m2"), utf8("next"))
  assert.equal((await opened.group.open(chatId("m2"), "message", next.bytes)).kind, "message")
})

test("nobody comes in without a certificate of the pinned server for the key that they sign with", async () => {
  const forged = await person("Bob", { issuer: stranger })
  const stolen = await person("Bob", { certified: bob.keys.publicKey })
  for (const impostor of [forged, stolen]) {
    assert.equal(await readClaimedPackage(honest, publicBytes(impostor.own)), undefined)
    const [a] = await groupOf(roomId, [ada, cyn])
    const keyPackage = await keyPackageOf(impostor, careless)
    await assert.rejects(a.commit(chatId("c1"), [keyPackage], []))
  }
})

/** A member whose client checks nothing, with the same group. */
const turned = (group: MlsGroup): MlsGroup => {
  const state = MlsGroup.decode(careless, group.encode())
  if (state === undefined) throw new Error("a state does not decode")
  return state
}

test("a member who adds an impostor, or one client twice, is not followed", async () => {
  const forged = await keyPackageOf(await person("Eve", { issuer: stranger }), careless)
  const [a, b] = await groupOf(roomId, [ada, bob])
  const made = await turned(b).commit(chatId("c1"), [forged], [])
  await assert.rejects(a.open(chatId("c1"), "commit", made.commit), unreadable)
  const twin = await keyPackageOf(await person("Ada", { client: "Ada" }))
  await assert.rejects(b.commit(chatId("c2"), [twin], []), unreadable)
})

test("a commit may add and remove and nothing else", async () => {
  const [a, b] = await groupOf(roomId, [ada, bob])
  const proposal: Proposal = {
    proposalType: "group_context_extensions",
    groupContextExtensions: { extensions: [] },
  }
  const { state } = b as unknown as { state: Parameters<typeof createCommit>[0]["state"] }
  const { commit } = await createCommit(
    { state, cipherSuite: honest.suite },
    { extraProposals: [proposal], authenticatedData: concat([fromHex(roomId), fromHex(chatId("c1"))]) },
  )
  await assert.rejects(a.open(chatId("c1"), "commit", encodeMlsMessage(commit)), unreadable)
})

test("a welcome opens for its room, its epoch and its key package alone", async () => {
  const alone = await MlsGroup.create(honest, roomId, ada.own)
  const made = await alone.commit(chatId("c1"), [await keyPackageOf(bob)], [])
  const find = () => Promise.resolve(bob.own)
  await assert.rejects(MlsGroup.join(honest, chatId("other"), 0, made.welcome, find), unreadable)
  await assert.rejects(MlsGroup.join(honest, roomId, 1, made.welcome, find), unreadable)
  await assert.rejects(
    MlsGroup.join(honest, roomId, 0, made.welcome, () => Promise.resolve(cyn.own)),
    unreadable,
  )
  await assert.rejects(
    MlsGroup.join(honest, roomId, 0, made.welcome, () => Promise.resolve(undefined)),
    unreadable,
  )
  await assert.rejects(MlsGroup.join(honest, roomId, 0, made.welcome.subarray(1), find), unreadable)
  const { group } = await MlsGroup.join(honest, roomId, 0, made.welcome, find)
  assert.deepEqual(
    group.members().map(({ claims }) => claims.name),
    ["Ada", "Bob"],
  )
})
