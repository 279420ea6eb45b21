import assert from "node:assert/strict"
import { test } from "node:test"
import { entryNotices } from "@sourceprint/protocol/chat/view/entry-notices.js"
import { withoutIsolates } from "@sourceprint/protocol/chat/view/isolated.js"
import { chatRequest } from "@sourceprint/protocol/chat/wire.js"
import { account, Installation, ManualClock, settle } from "../../support/chat-party.js"
import { MemoryRelay } from "../../support/memory-relay.js"
import { until } from "../../support/patience.js"

async function party(...names: readonly string[]) {
  const relay = await MemoryRelay.start()
  const clock = new ManualClock()
  const all = names.map((name) => new Installation(relay, account(name.split("/")[0]), clock))
  for (const one of all) await one.goOnline()
  return { relay, clock, all }
}

test("two persons: a room, its name, messages both ways in several scripts, delivery and unread", async () => {
  const { all } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("Garden 🌱", ["Bob"])
  await settle(...all)
  assert.equal(bob.chat.room(roomId)?.title, "Garden 🌱")
  await ada.chat.sendText(roomId, "hello")
  await settle(...all)
  await bob.chat.sendText(roomId, "γειά σου, 你好, שלום, नमस्ते, 👩‍👩‍👧")
  await settle(...all)
  const said = ["hello", "γειά σου, 你好, שלום, नमस्ते, 👩‍👩‍👧"]
  assert.deepEqual(await ada.texts(roomId), said)
  assert.deepEqual(await bob.texts(roomId), said)
  assert.equal(bob.chat.room(roomId)?.unread, 1)
  await ada.chat.sendText(roomId, "more")
  const seen = (await bob.chat.history(roomId)).at(-1)?.seq ?? 0
  await settle(...all)
  await bob.chat.markRead(roomId, seen)
  assert.equal(bob.chat.room(roomId)?.unread, 1, "what came after what was seen stays unread")
  await bob.chat.markRead(roomId, seen - 1)
  assert.equal(bob.chat.room(roomId)?.unread, 1, "and what was seen stays seen")
  await bob.chat.markRead(roomId, seen + 1)
  assert.equal(bob.chat.room(roomId)?.unread, 0)
  const [first] = (await ada.chat.history(roomId)).filter(({ body }) => body.type === "text")
  assert.deepEqual(ada.chat.delivery(roomId, first.seq), { reached: ["Bob"], missing: [] })
  const bobsView = bob.chat.members(roomId).find(({ self }) => !self)
  assert.deepEqual(bobsView?.factors, ["password", "finger", "scanner"])
  assert.equal(bobsView?.name, "Ada")
})

const types = async (one: Installation, roomId: string): Promise<string[]> =>
  (await one.chat.history(roomId, { limit: 1000 })).map(({ body }) => body.type)

test("a removed person is told, and reads nothing that is said later, not even of what the server stores", async () => {
  const { relay, all } = await party("Ada", "Bob", "Cyn")
  const [ada, bob, cyn] = all
  const roomId = await ada.chat.createRoom("three", ["Bob", "Cyn"])
  await settle(...all)
  await ada.chat.sendText(roomId, "all three")
  await settle(...all)
  await cyn.chat.removeMember(roomId, bob.who.accountId)
  await settle(...all)
  await ada.chat.sendText(roomId, "only two")
  await settle(...all)
  assert.deepEqual(await bob.texts(roomId), ["all three"])
  assert.equal(bob.chat.room(roomId)?.status, "removed")
  assert.equal((await types(bob, roomId)).at(-1), "removed")
  await assert.rejects(bob.chat.sendText(roomId, "still here?"), { code: "chat/status" })
  assert.deepEqual(bob.disk.keys(`group/${roomId}`), [])
  assert.deepEqual(await cyn.texts(roomId), ["all three", "only two"])
  assert.deepEqual(
    ada.chat.members(roomId).map(({ name }) => name),
    ["Ada", "Cyn"],
  )
  assert.equal(relay.rooms.get(roomId)?.items.length, 0) // everybody has them: nothing is kept
  await ada.chat.addMember(roomId, "Bob")
  await settle(...all)
  await cyn.chat.sendText(roomId, "back")
  await settle(...all)
  assert.deepEqual(await bob.texts(roomId), ["all three", "back"])
})

test("who was away gets everything in order; what was written offline is sent later", async () => {
  const { all } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("away", ["Bob"])
  await settle(...all)
  bob.goOffline()
  for (let k = 0; k < 30; k++) await ada.chat.sendText(roomId, `a${k}`)
  await bob.chat.sendText(roomId, "from a tunnel")
  assert.equal(bob.chat.outbox(roomId).length, 1)
  await settle(...all)
  await bob.goOnline()
  await settle(...all)
  const said = [...Array.from({ length: 30 }, (_, k) => `a${k}`), "from a tunnel"]
  assert.deepEqual(await bob.texts(roomId), said)
  assert.deepEqual(await ada.texts(roomId), said)
  assert.equal(bob.chat.outbox(roomId).length, 0)
  assert.equal(bob.chat.room(roomId)?.unread, 30)
})

test("who leaves is removed by one of those who stay; own history stays until it is forgotten", async () => {
  const { all } = await party("Ada", "Bob", "Cyn")
  const [ada, bob, cyn] = all
  const roomId = await ada.chat.createRoom("leave", ["Bob", "Cyn"])
  await settle(...all)
  await bob.chat.sendText(roomId, "bye")
  await bob.chat.leave(roomId)
  await settle(...all)
  ada.clock.advance(30_000)
  await settle(...all)
  assert.equal(bob.chat.room(roomId)?.status, "left")
  for (const one of [ada, cyn]) {
    const names = one.chat.members(roomId).map(({ name }) => name)
    assert.deepEqual(names, ["Ada", "Cyn"])
    const said = (await one.chat.history(roomId)).flatMap((entry) => entryNotices(entry, one.who.accountId))
    const texts = said.map(({ text }) => withoutIsolates(text))
    assert.ok(texts.includes("Bob left"), texts.join())
    assert.ok(!texts.some((text) => /removed/.test(text)), texts.join())
    assert.deepEqual(one.disk.keys("leaver/"), [])
  }
  assert.deepEqual(await bob.texts(roomId), ["bye"])
  await bob.chat.forgetRoom(roomId)
  assert.deepEqual(bob.disk.keys(`message/${roomId}`), [])
  assert.equal(bob.chat.room(roomId), undefined)
})

test("a new device of a member is added by one of the others, announced, and hears the room's name", async () => {
  const { all, relay, clock } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("devices", ["Bob"])
  await settle(...all)
  const before = await ada.chat.safety(roomId, bob.who.accountId)
  await ada.chat.confirmSafety(roomId, bob.who.accountId)
  const laptop = new Installation(relay, bob.who, clock)
  await laptop.goOnline()
  await settle(...all, laptop)
  for (let turn = 0; turn < 6; turn++) {
    clock.advance(3_000)
    await settle(...all, laptop)
  }
  assert.equal(laptop.chat.room(roomId)?.title, "devices")
  await laptop.chat.sendText(roomId, "from the laptop")
  await settle(...all, laptop)
  assert.deepEqual(await ada.texts(roomId), ["from the laptop"])
  assert.deepEqual(await bob.texts(roomId), ["from the laptop"])
  assert.equal(bob.chat.room(roomId)?.unread, 0) // it is his own
  const news = (await ada.chat.history(roomId)).flatMap(({ body }) => (body.type === "members" ? body.added : []))
  const device = news.find(({ clientId }) => clientId === laptop.chat.self.clientId)
  assert.deepEqual([device?.device, device?.newKey], [true, true])
  const after = await ada.chat.safety(roomId, bob.who.accountId)
  assert.notEqual(after.number, before.number)
  assert.equal(after.compared, "changed")
  assert.equal((await laptop.chat.safety(roomId, ada.who.accountId)).number, after.number)
  // The lost laptop is dropped by the phone.
  await bob.chat.dropDevice(laptop.chat.self.clientId)
  await settle(...all, laptop)
  assert.ok(ada.chat.members(roomId).every(({ clients }) => clients.length === 1))
  await ada.chat.sendText(roomId, "without the laptop")
  await settle(...all, laptop)
  assert.deepEqual(await laptop.texts(roomId), ["from the laptop"])
  laptop.goOffline()
  await assert.rejects(laptop.goOnline(), { code: "application/refused/client" })
  assert.equal((await ada.chat.safety(roomId, bob.who.accountId)).compared, "same")
})

test("two commits at once: one wins, the other's wish is done after it", async () => {
  const { all } = await party("Ada", "Bob", "Cyn", "Dan")
  const [ada, bob, cyn, dan] = all
  const roomId = await ada.chat.createRoom("race", ["Bob"])
  await settle(...all)
  await Promise.all([ada.chat.addMember(roomId, "Cyn"), bob.chat.addMember(roomId, "Dan")])
  await Promise.all([ada.chat.sendText(roomId, "1"), bob.chat.sendText(roomId, "2")])
  await settle(...all)
  for (const one of all) {
    assert.deepEqual(
      one.chat.members(roomId).map(({ name }) => name),
      ["Ada", "Bob", "Cyn", "Dan"],
    )
  }
  const order = await ada.texts(roomId)
  assert.deepEqual([...order].sort(), ["1", "2"])
  assert.deepEqual(await bob.texts(roomId), order)
  // Ada, Bob and Cyn remove Dan, while Dan removes Cyn.
  await Promise.all(
    all.map((one) => one.chat.removeMember(roomId, one === dan ? cyn.who.accountId : dan.who.accountId)),
  )
  await settle(...all)
  const views = all
    .filter((one) => one.chat.room(roomId)?.status === "active")
    .map((one) => one.chat.members(roomId).map(({ name }) => name))
  for (const view of views) assert.deepEqual(view, views[0])
  assert.equal(views[0].length, views.length)
  assert.ok(["Ada", "Bob"].every((name) => views[0].includes(name)) && !views[0].includes("Dan"), views[0].join())
})

test("a direct conversation is one, shows the other's name, and needs somebody who has opened the chat", async () => {
  const { all } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.openDirect("bob")
  await settle(...all)
  assert.equal(await ada.chat.openDirect("Bob"), roomId)
  assert.equal(await bob.chat.openDirect("Ada"), roomId)
  assert.equal(ada.chat.room(roomId)?.title, "Bob")
  assert.equal(bob.chat.room(roomId)?.title, "Ada")
  assert.equal(bob.chat.room(roomId)?.kind, "direct")
  await assert.rejects(ada.chat.openDirect("Nobody"), { code: "chat/nobody" })
  assert.deepEqual(await ada.chat.directory("b"), ["Bob"])
})

test("typing is shown and ends by itself; presence follows the connections", async () => {
  const { all, clock } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("typing", ["Bob"])
  await settle(...all)
  await ada.chat.typing(roomId, true)
  await settle(...all)
  const typing = () => bob.updates.flatMap((update) => (update.type === "typing" ? [update.typing] : []))
  await until(() => typing().length > 0, "Bob sees Ada type")
  assert.deepEqual(typing(), [true])
  clock.advance(6_000)
  assert.deepEqual(typing(), [true, false])
  const online = () => bob.chat.members(roomId).find(({ name }) => name === "Ada")?.online
  await until(() => online() === true, "Bob sees Ada online")
  ada.goOffline()
  await until(() => online() === false, "Bob sees Ada leave")
})

test("search finds words of any script without regard to case and accents, on this device alone", async () => {
  const { all } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("search", ["Bob"])
  for (const text of ["Der Löwe schläft", "льва нет", "狮子在睡觉", "nothing here"]) {
    await ada.chat.sendText(roomId, text)
  }
  await settle(...all)
  const found = async (query: string) =>
    (await bob.chat.search(query)).flatMap(({ entry }) => (entry.body.type === "text" ? [entry.body.text] : []))
  assert.deepEqual(await found("LOWE schlaft"), ["Der Löwe schläft"])
  assert.deepEqual(await found("狮子"), ["狮子在睡觉"])
  assert.deepEqual(await found("ЛЬВА"), ["льва нет"])
  assert.deepEqual(await found(" "), [])
})

test("a client whose group state is lost asks to be added again, and continues", async () => {
  const { all, clock } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("lost", ["Bob"])
  await ada.chat.sendText(roomId, "before")
  await settle(...all)
  bob.kill()
  bob.disk.lose(`group/${roomId}`)
  await bob.start()
  await bob.chat.sendText(roomId, "while lost")
  await bob.goOnline()
  await settle(...all)
  clock.advance(30_000)
  await settle(...all)
  await ada.chat.sendText(roomId, "after")
  await settle(...all)
  assert.equal(bob.chat.room(roomId)?.status, "active")
  assert.deepEqual((await bob.texts(roomId)).sort(), ["after", "before", "while lost"])
  assert.deepEqual((await ada.texts(roomId)).sort(), ["after", "before", "while lost"])
})

test(
  "items that were deleted before they were read: added again, with the gap told; nothing that was said " +
    "is doubled",
  async () => {
    const { all, relay, clock } = await party("Ada", "Bob")
    const [ada, bob] = all
    const roomId = await ada.chat.createRoom("gap", ["Bob"])
    await ada.chat.sendText(roomId, "early")
    await settle(...all)
    // Bob's message is taken by the server; he goes before he hears of it.
    relay.tamper.event = (clientId, event) => (clientId === bob.chat.self.clientId ? undefined : event)
    await bob.chat.sendText(roomId, "last words")
    await settle(...all)
    bob.goOffline()
    relay.tamper = {}
    await ada.chat.sendText(roomId, "unread")
    await settle(...all)
    const room = relay.rooms.get(roomId)
    assert.ok(room)
    room.items = [] // thirty days later
    await ada.chat.sendText(roomId, "late")
    await settle(...all)
    await bob.goOnline()
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(3_000)
      await settle(...all)
    }
    await ada.chat.sendText(roomId, "together again")
    await settle(...all)
    assert.equal(bob.chat.room(roomId)?.status, "active")
    assert.deepEqual(await bob.texts(roomId), ["early", "together again"])
    assert.deepEqual(await ada.texts(roomId), ["early", "last words", "unread", "late", "together again"])
    const joined = (await bob.chat.history(roomId)).filter(({ body }) => body.type === "joined")
    assert.deepEqual(
      joined.map(({ body }) => body.type === "joined" && body.again),
      [false, true],
    )
    assert.equal(bob.chat.outbox(roomId).length, 0)
  },
)

test("what was said and taken is kept also where the group is lost before it comes back", async () => {
  const { all, relay, clock } = await party("Ada", "Bob")
  const [ada, bob] = all
  const roomId = await ada.chat.createRoom("lost", ["Bob"])
  await settle(...all)
  relay.tamper.event = (clientId, event) => (clientId === bob.chat.self.clientId ? undefined : event)
  await bob.chat.sendText(roomId, "said once")
  await settle(...all)
  relay.tamper = {}
  bob.kill()
  bob.disk.lose(`group/${roomId}`)
  await bob.goOnline()
  for (let turn = 0; turn < 4; turn++) {
    clock.advance(3_000)
    await settle(...all)
  }
  assert.equal(bob.chat.room(roomId)?.status, "active")
  for (const one of all) assert.deepEqual(await one.texts(roomId), ["said once"])
  assert.equal(bob.chat.outbox(roomId).length, 0)
})

test(
  "key packages: each is used once and its private half deleted, the stock is filled up, the last " + "resort stays",
  async () => {
    const { all, relay } = await party("Ada", "Bob")
    const [ada, bob] = all
    const stock = () => relay.clients.get(bob.chat.self.clientId)?.packages.length ?? 0
    assert.equal(stock(), 6)
    const before = new Set(bob.disk.keys("package/"))
    assert.equal(before.size, 7)
    await ada.chat.createRoom("one", ["Bob"])
    await settle(...all)
    assert.equal(bob.disk.keys("package/").filter((key) => before.has(key)).length, 6)
    for (let k = 0; k < 8; k++) await ada.chat.createRoom(`room ${k}`, ["Bob"])
    await settle(...all)
    await until(() => stock() >= 3, "the stock is filled up")
    assert.equal(bob.chat.rooms().length, 9)
    bob.goOffline()
    for (let k = 0; k < 10; k++) await ada.chat.createRoom(`while away ${k}`, ["Bob"])
    await settle(...all)
    assert.equal(stock(), 0) // the last resort served the rest
    await bob.goOnline()
    await settle(...all)
    assert.equal(bob.chat.rooms().filter(({ status }) => status === "active").length, 19)
    assert.equal(stock(), 6)
  },
)

for (const held of ["register", "putKeyPackages"]) {
  test(`who is invited while their first device is at "${held}" is added when it has left its keys`, async () => {
    const relay = await MemoryRelay.start()
    const clock = new ManualClock()
    const [ada, bob] = ["Ada", "Bob"].map((name) => new Installation(relay, account(name), clock))
    await ada.goOnline()
    let leaveKeys = (): void => {}
    const slow = new Promise<void>((resolve) => {
      leaveKeys = resolve
    })
    let registered = false
    const opening = bob.goOnline((transport) => ({
      ...transport,
      async request(body) {
        const isHeld = chatRequest.decode(body)?.type === held
        const first = held === "register" ? await transport.request(body) : undefined
        if (isHeld) {
          registered = true
          await slow
        }
        return first ?? transport.request(body)
      },
    }))
    await until(() => registered, "Bob's device is known, without keys")
    const roomId = await ada.chat.createRoom("early", ["Bob"])
    const direct = await ada.chat.openDirect("Bob")
    await settle(ada)
    clock.advance(2_000)
    await settle(ada)
    leaveKeys()
    await opening
    clock.advance(4_000)
    await settle(ada, bob)
    for (const id of [roomId, direct]) assert.equal(bob.chat.room(id)?.status, "active")
    const problems = ada.updates.filter(({ type }) => type === "problem")
    assert.deepEqual(problems, [])
  })
}

test("who never leaves keys is given up after a while, and the person who invited is told", async () => {
  const relay = await MemoryRelay.start()
  const clock = new ManualClock()
  const [ada, bob] = ["Ada", "Bob"].map((name) => new Installation(relay, account(name), clock))
  await ada.goOnline()
  let registered = false
  void bob
    .goOnline((transport) => ({
      ...transport,
      request(body) {
        if (chatRequest.decode(body)?.type !== "putKeyPackages") return transport.request(body)
        registered = true
        return new Promise<Uint8Array>(() => {})
      },
    }))
    .catch(() => {})
  await until(() => registered, "Bob's device is known, without keys")
  await ada.chat.createRoom("never", ["Bob"])
  for (let turn = 0; turn < 40; turn++) {
    await settle(ada)
    clock.advance(2_000)
  }
  const problems = ada.updates.filter(({ type }) => type === "problem")
  assert.equal(problems.length, 1)
  assert.match(JSON.stringify(problems), /no device of Bob can be added/)
})
