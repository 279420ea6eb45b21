import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { Rng } from "@sourceprint/core/rng.js"
import { issueCertificate } from "@sourceprint/protocol/chat/certificate.js"
import type { ChatItem } from "@sourceprint/protocol/chat/wire.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { account, Installation, ManualClock, settle } from "../../support/chat-party.js"
import { MemoryRelay } from "../../support/memory-relay.js"

/** Ada, Bob and Cyn in a room, and the relay that lies from now on. */
async function roomOfThree() {
  const relay = await MemoryRelay.start({ keepsAcked: true })
  const clock = new ManualClock()
  const [ada, bob, cyn] = ["Ada", "Bob", "Cyn"].map((name) => new Installation(relay, account(name), clock))
  const all = [ada, bob, cyn]
  for (const one of all) await one.goOnline()
  const roomId = await ada.chat.createRoom("three", ["Bob", "Cyn"])
  await settle(...all)
  return { relay, clock, ada, bob, cyn, all, roomId }
}

/** What the relay tells Bob instead of an item, in events and answers alike. */
function tellBob(
  { relay, bob }: Awaited<ReturnType<typeof roomOfThree>>,
  change: (item: ChatItem) => ChatItem | undefined,
): void {
  const clientId = bob.chat.self.clientId
  relay.tamper = {
    event: (to, event) => {
      if (to !== clientId || event.type !== "item") return event
      const item = change(event.item)
      return item && { ...event, item }
    },
    answer: (to, answer) =>
      to === clientId && answer.type === "items"
        ? { ...answer, items: answer.items.flatMap((item) => change(item) ?? []) }
        : answer,
  }
}

const bodies = async (one: Installation, roomId: string): Promise<string[]> =>
  (await one.chat.history(roomId, { limit: 1_000 })).map(({ body }) => (body.type === "text" ? body.text : body.type))

test("changed bytes, ids, kinds, epochs and senders: an entry that says so, and the room continues", async () => {
  const world = await roomOfThree()
  const { ada, bob, all, roomId } = world
  const rng = new Rng("tamper")
  const lies: ((item: ChatItem) => ChatItem)[] = [
    (item) => ({ ...item, bytes: item.bytes.with(rng.below(item.bytes.length), rng.below(256)) }),
    (item) => ({ ...item, bytes: item.bytes.subarray(0, rng.below(item.bytes.length)) }),
    (item) => ({ ...item, bytes: new Uint8Array(0) }),
    (item) => ({ ...item, id: "f".repeat(32) }),
    (item) => ({ ...item, kind: "welcome" }),
    (item) => ({ ...item, sender: bob.chat.self.clientId }), // as if it were his own
  ]
  for (const [k, lie] of lies.entries()) {
    tellBob(world, (item) => (item.kind === "message" ? lie(item) : item))
    await ada.chat.sendText(roomId, `lie ${k}`)
    await settle(...all)
    world.relay.tamper = {}
    await ada.chat.sendText(roomId, `truth ${k}`)
    await settle(...all)
    assert.deepEqual((await bodies(bob, roomId)).slice(-2), ["unreadable", `truth ${k}`], `lie ${k}`)
  }
  tellBob(world, (item) => ({ ...item, sender: world.cyn.chat.self.clientId }))
  await ada.chat.sendText(roomId, "who said it")
  await settle(...all)
  const last = (await bob.chat.history(roomId)).at(-1)
  assert.deepEqual([last?.body.type, last?.sender.name], ["text", "Ada"]) // by MLS, not by the server's word
})

test("a replayed item and two swapped ones are not shown twice, or in another order of their sender's", async () => {
  const world = await roomOfThree()
  const { ada, bob, all, roomId } = world
  const kept: ChatItem[] = []
  tellBob(world, (item) => {
    kept.push(item)
    return item
  })
  await ada.chat.sendText(roomId, "one")
  await settle(...all)
  const [one] = kept.filter(({ kind }) => kind === "message").slice(-1)
  tellBob(world, (item) => ({ ...one, seq: item.seq }))
  await ada.chat.sendText(roomId, "two")
  await settle(...all)
  assert.deepEqual((await bodies(bob, roomId)).slice(-2), ["one", "unreadable"])
  // Swapped while he is away.
  world.relay.tamper = {}
  bob.goOffline()
  await ada.chat.sendText(roomId, "three")
  await ada.chat.sendText(roomId, "four")
  await settle(...all)
  const items = world.relay.rooms.get(roomId)?.items.slice(-2) ?? []
  tellBob(world, (item) => {
    const at = items.findIndex(({ seq }) => seq === item.seq)
    return at === -1 ? item : { ...items[1 - at], seq: item.seq, kind: "message" }
  })
  await bob.goOnline()
  await settle(...all)
  assert.deepEqual((await bodies(bob, roomId)).slice(-2), ["four", "unreadable"])
})

test("an item of another room is none of this one's", async () => {
  const world = await roomOfThree()
  const { ada, bob, all, roomId } = world
  const other = await ada.chat.createRoom("other", ["Bob"])
  await settle(...all)
  await ada.chat.sendText(other, "for the other room")
  await settle(...all)
  const stray = world.relay.rooms.get(other)?.items.at(-1)
  assert.ok(stray)
  tellBob(world, (item) => ({ ...stray, seq: item.seq, kind: "message" }))
  await ada.chat.sendText(roomId, "here")
  await settle(...all)
  assert.equal((await bodies(bob, roomId)).at(-1), "unreadable")
})

test("a withheld removal and everything later: the removed person still reads nothing later", async () => {
  const world = await roomOfThree()
  const { ada, bob, all, roomId, relay } = world
  tellBob(world, (item) => (item.kind === "commit" ? undefined : item))
  await ada.chat.removeMember(roomId, bob.who.accountId)
  await ada.chat.sendText(roomId, "without Bob")
  await settle(...all)
  const leaked = relay.rooms.get(roomId)?.items.at(-1)
  assert.ok(leaked)
  // The relay plays it to him as the next item of the room that he believes to be in.
  const entries = await bob.chat.history(roomId)
  const seq = (entries.at(-1)?.seq ?? 0) + 1
  for (const { clientId, send } of relay.connectionsForTest()) {
    if (clientId === bob.chat.self.clientId) send({ type: "item", roomId, item: { ...leaked, seq, kind: "message" } })
  }
  await settle(...all)
  assert.ok(!(await bodies(bob, roomId)).includes("without Bob"))
})

test("a commit that does not verify ends the group here; the others add this client again", async () => {
  const world = await roomOfThree()
  const { ada, bob, cyn, all, roomId, clock } = world
  tellBob(world, (item) => (item.kind === "commit" ? { ...item, bytes: item.bytes.with(40, 0xaa) } : item))
  await ada.chat.removeMember(roomId, cyn.who.accountId)
  await settle(...all)
  world.relay.tamper = {}
  for (let turn = 0; turn < 3; turn++) {
    clock.advance(30_000)
    await settle(...all)
  }
  assert.equal(bob.chat.room(roomId)?.status, "active")
  await ada.chat.sendText(roomId, "again together")
  await settle(...all)
  assert.equal((await bodies(bob, roomId)).at(-1), "again together")
})

test(
  "a server that lists a ghost as a member: members are whom the group has; a forged certificate is " + "nobody",
  async () => {
    const world = await roomOfThree()
    const { ada, bob, all, roomId, relay, clock } = world
    const stranger = await webCrypto.signer(new Uint8Array(32).fill(77))
    const ghost = (signer: typeof stranger) =>
      issueCertificate(signer, {
        accountId: "e".repeat(32),
        name: "Eve",
        clientId: "e".repeat(32),
        signatureKey: new Uint8Array(32).fill(5),
        factors: ["face"],
        timeMs: 9,
      })
    const [certified, forged] = [await ghost(relay.identity), await ghost(stranger)]
    relay.tamper.answer = (_, answer) =>
      answer.type !== "rooms"
        ? answer
        : {
            ...answer,
            rooms: answer.rooms.map((room) => ({
              ...room,
              members: [
                ...room.members,
                { state: "in", online: true, acked: 0, certificate: certified },
                { state: "waiting", online: true, acked: 0, certificate: forged },
              ],
            })),
          }
    bob.goOffline()
    await bob.goOnline()
    clock.advance(30_000)
    await settle(...all)
    assert.deepEqual(
      bob.chat.members(roomId).map(({ name }) => name),
      ["Ada", "Bob", "Cyn"],
    )
    await ada.chat.sendText(roomId, "nobody else")
    await settle(...all)
    assert.equal((await bodies(bob, roomId)).at(-1), "nobody else")
  },
)

test(
  "a server that certifies a device of its own for a member is seen: the key is announced, the number " + "changes",
  async () => {
    const { ada, bob, all, roomId, relay, clock } = await roomOfThree()
    const number = async () => (await ada.chat.safety(roomId, bob.who.accountId)).number
    const before = await number()
    const ghost = new Installation(relay, bob.who, clock) // with every right that the server can give
    await ghost.goOnline()
    for (let turn = 0; turn < 6; turn++) {
      await settle(...all, ghost)
      clock.advance(3_000)
    }
    await settle(...all, ghost)
    const news = (await ada.chat.history(roomId)).flatMap(({ body }) => (body.type === "members" ? body.added : []))
    assert.ok(news.some(({ name, newKey }) => name === "Bob" && newKey))
    assert.notEqual(await number(), before)
  },
)

test("another account's key package under a name is not taken", async () => {
  const { ada, all, roomId, relay, clock } = await roomOfThree()
  const dan = new Installation(relay, account("Dan"), clock)
  const eve = new Installation(relay, account("Eve"), clock)
  for (const one of [dan, eve]) await one.goOnline()
  const evil = [...relay.clients.values()].find((client) => client.account.name === "Eve")
  assert.ok(evil?.lastResort)
  const { clientId, certificate, lastResort } = evil
  relay.tamper.answer = (_, answer) =>
    answer.type === "keyPackages"
      ? {
          ...answer,
          packages: answer.packages.map((one) => ({ ...one, certificate, keyPackage: lastResort })),
        }
      : answer
  await ada.chat.addMember(roomId, "Dan")
  await settle(...all)
  assert.ok(!ada.chat.members(roomId).some(({ name }) => name === "Eve" || name === "Dan"))
  assert.ok(ada.updates.some((update) => update.type === "problem" && update.code === "chat/nobody"))
  assert.notEqual(clientId, dan.chat.self.clientId)
})

test("a certificate of another server, client or account is refused at the door", async () => {
  const { relay, clock } = await roomOfThree()
  const stranger = await webCrypto.signer(new Uint8Array(32).fill(77))
  const dan = new Installation(relay, account("Dan"), clock)
  await dan.start()
  const { clientId } = dan.chat.self
  const claims = { ...account("Dan"), clientId, signatureKey: new Uint8Array(32), timeMs: 1 }
  for (const certificate of [
    await issueCertificate(stranger, claims),
    await issueCertificate(relay.identity, claims),
    await issueCertificate(relay.identity, { ...claims, name: "Ada" }),
    utf8("nothing"),
  ]) {
    relay.tamper.answer = (_, answer) => (answer.type === "registered" ? { ...answer, certificate } : answer)
    await assert.rejects(dan.goOnline(), { code: "chat/certificate" })
    assert.equal(dan.chat.online, false)
  }
})

test(
  "nothing that was said, named or keyed is in what the server sees or keeps; values on the device stay " + "small",
  async () => {
    const { relay, ada, bob, all } = await roomOfThree()
    const secret = "planted-Zauberwort-秘密"
    const key = new Uint8Array(32).map((_, k) => 200 + (k % 40))
    const roomId = await ada.chat.createRoom(`${secret} room`, ["Bob"])
    await settle(...all)
    await ada.chat.sendText(roomId, `${secret} text`)
    await bob.chat.sendFile(roomId, {
      fileId: new Uint8Array(16).fill(1),
      key,
      sha256: new Uint8Array(32).fill(2),
      name: `${secret}.pdf`,
      type: "application/pdf",
      sizeBytes: 5,
    })
    await ada.chat.typing(roomId, true)
    for (let k = 0; k < 200; k++) await ada.chat.sendText(roomId, `filler ${k}`)
    await settle(...all)
    assert.equal((await bob.chat.search("Zauberwort")).length, 2)
    const seen = [...relay.traffic, ...relay.stored()].map((bytes) => Buffer.from(bytes))
    assert.ok(seen.length > 400)
    const planted = [utf8(secret), utf8("Zauberwort"), utf8("秘密"), utf8("application/pdf"), utf8("filler 1"), key]
    for (const needle of planted) {
      const [hex, base64] = [Buffer.from(needle).toString("hex"), Buffer.from(needle).toString("base64").slice(0, 12)]
      for (const bytes of seen) {
        assert.ok(!bytes.includes(Buffer.from(needle)) && !bytes.includes(hex) && !bytes.includes(base64))
      }
    }
    for (const one of all) assert.ok(one.disk.largestValueBytes < 16_384, `${one.disk.largestValueBytes} bytes`)
    assert.ok(ada.disk.keys(`message/${roomId}/`).length > 200)
  },
)
