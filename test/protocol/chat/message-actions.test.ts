import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { AboutAction } from "@sourceprint/protocol/chat/contents.js"
import type { RoomEngine } from "@sourceprint/protocol/chat/room/room-engine.js"
import { type ChatEntry, chatKey, isSaid, saidText } from "@sourceprint/protocol/chat/room/room-record.js"
import type { ChatItem } from "@sourceprint/protocol/chat/wire.js"
import { account, Installation, ManualClock, settle } from "../../support/chat-party.js"
import { MemoryRelay } from "../../support/memory-relay.js"

/** Ada with two devices, Bob and Cyn. */
async function roomOfThree() {
  const relay = await MemoryRelay.start({ keepsAcked: true })
  const clock = new ManualClock()
  const [ada, adas, bob, cyn] = ["Ada", "Ada", "Bob", "Cyn"].map(
    (name) => new Installation(relay, account(name), clock),
  )
  const all = [ada, adas, bob, cyn]
  for (const one of all) await one.goOnline()
  const roomId = await ada.chat.createRoom("three", ["Bob", "Cyn"])
  for (let round = 0; round < 3; round++) {
    await settle(...all)
    clock.advance(5_000)
  }
  await settle(...all)
  for (const one of all) assert.equal(one.chat.members(roomId).flatMap(({ clients }) => clients).length, 4)
  return { relay, clock, ada, adas, bob, cyn, all, roomId }
}
type World = Awaited<ReturnType<typeof roomOfThree>>

const shown = ({ id, body, sender, marks, quoted }: ChatEntry): string =>
  JSON.stringify({
    id,
    by: sender.name,
    says: saidText({ body }) ?? body.type,
    edited: marks?.edited ?? false,
    reactions: (marks?.reactions ?? []).map(({ emoji, name }) => `${emoji} ${name}`),
    answers: quoted && (saidText(quoted) ?? quoted.body.type),
  })

const spoken = async (one: Installation, roomId: string): Promise<string[]> =>
  (await one.chat.history(roomId, { limit: 10_000 }))
    .filter((entry) => isSaid(entry) || entry.body.type === "deleted")
    .map(shown)

/** What all show, which is the same. */
async function seenByAll({ all, roomId }: World): Promise<{ says: string; [key: string]: unknown }[]> {
  await settle(...all)
  const first = await spoken(all[0], roomId)
  for (const one of all) assert.deepEqual(await spoken(one, roomId), first, one.who.name)
  return first.map((line) => JSON.parse(line))
}

/** Sends what no client of ours would. */
const force = ({ chat }: Installation, roomId: string, messageId: string, action: AboutAction): Promise<string> =>
  (chat as unknown as { active(roomId: string): RoomEngine }).active(roomId).send({ type: "about", messageId, action })

test("a message is answered, edited and reacted to by whoever may, on all devices of the author's too", async () => {
  const world = await roomOfThree()
  const { ada, adas, bob, cyn, roomId } = world
  const id = await ada.chat.sendText(roomId, "helo")
  await settle(...world.all)
  await adas.chat.about.edit(roomId, id, "hello")
  const answer = await bob.chat.about.reply(roomId, id, "hi Ada")
  for (const one of [ada, bob, cyn]) await one.chat.about.react(roomId, id, "👍")
  await cyn.chat.about.react(roomId, answer, "❤️")
  await settle(...world.all)
  await bob.chat.about.react(roomId, id, "👍", false)
  const [hello, hi] = await seenByAll(world)
  assert.deepEqual([hello.says, hello.edited, hello.reactions], ["hello", true, ["👍 Ada", "👍 Cyn"]])
  assert.deepEqual([hi.says, hi.answers, hi.reactions], ["hi Ada", "hello", ["❤️ Cyn"]])
  assert.deepEqual((await bob.chat.search("hello")).length, 1)
  assert.deepEqual(await bob.chat.search("helo"), [])
  const told = cyn.updates.flatMap((update) => (update.type === "changed" ? [update.entry.id] : []))
  assert.deepEqual(new Set(told), new Set([id, answer]))
  for (const one of [ada, bob]) assert.equal(one.chat.room(roomId)?.last?.id, answer)
  assert.equal(cyn.chat.room(roomId)?.unread, 2) // an edit or a reaction is nothing to read
})

test("of a deleted message no device keeps a word, earlier and edited texts among them", async () => {
  const world = await roomOfThree()
  const { ada, adas, bob, cyn, all, roomId } = world
  const id = await ada.chat.sendText(roomId, "first-secret")
  await settle(...all)
  await ada.chat.about.edit(roomId, id, "second-secret")
  await bob.chat.about.reply(roomId, id, "really?")
  await bob.chat.about.react(roomId, id, "👀")
  await settle(...all)
  for (const one of all) assert.match(one.disk.text(), /second-secret/)
  await adas.chat.about.delete(roomId, id)
  await settle(...all)
  await ada.chat.about.reply(roomId, id, "gone").then(
    () => assert.fail("a deleted message was answered"),
    (error: unknown) => assert.ok(hasCode(error, "chat/message")),
  )
  // What races with the deletion comes after it and changes nothing.
  await force(ada, roomId, id, { type: "edit", text: "third-secret" })
  await force(cyn, roomId, id, { type: "reaction", emoji: "👍", on: true })
  const [message, reply] = await seenByAll(world)
  assert.deepEqual([message.says, message.edited, message.reactions], ["deleted", false, []])
  assert.equal(reply.answers, "deleted")
  assert.equal(cyn.chat.room(roomId)?.unread, 1)
  for (const one of all) {
    assert.doesNotMatch(one.disk.text(), /-secret/, one.who.name)
    assert.deepEqual(one.disk.keys(chatKey.marksOf(roomId)), [])
  }
})

test("a member cannot edit or delete what another wrote, nor change what is not there", async () => {
  const world = await roomOfThree()
  const { ada, bob, all, roomId } = world
  const id = await ada.chat.sendText(roomId, "mine")
  await settle(...all)
  for (const work of [bob.chat.about.edit(roomId, id, "yours"), bob.chat.about.delete(roomId, id)]) {
    await assert.rejects(work, (error) => hasCode(error, "chat/author"))
  }
  await assert.rejects(bob.chat.about.react(roomId, id, "great"), (error) => hasCode(error, "chat/text"))
  await force(bob, roomId, id, { type: "edit", text: "yours" })
  await force(bob, roomId, id, { type: "delete" })
  await force(bob, roomId, "f".repeat(32), { type: "reaction", emoji: "👍", on: true })
  await force(bob, roomId, "f".repeat(32), { type: "edit", text: "nothing" })
  await force(bob, roomId, "f".repeat(32), { type: "reply", text: "to what?" })
  const [mine, reply, ...more] = await seenByAll(world)
  assert.deepEqual([mine.says, mine.edited, mine.reactions], ["mine", false, []])
  assert.deepEqual([reply.says, reply.answers, more.length], ["to what?", undefined, 0])
})

test("an edit that comes before its message does nothing, and one is applied once", async () => {
  const world = await roomOfThree()
  const { relay, ada, bob, all, roomId } = world
  ada.goOffline()
  const id = await ada.chat.sendText(roomId, "waits")
  // It waits with its message and is sent after it.
  await ada.chat.about.edit(roomId, id, "waited")
  assert.equal(ada.chat.outbox(roomId).length, 2)
  // The other device names an id that the room does not have yet.
  await force(world.adas, roomId, id, { type: "edit", text: "too early" })
  await settle(...all)
  await ada.goOnline()
  assert.deepEqual(
    (await seenByAll(world)).map(({ says }) => says),
    ["waited"],
  )
  const edit = relay.rooms.get(roomId)?.items.at(-1)
  assert.ok(edit)
  relay.tamper = {
    event: (to, event) =>
      to === bob.chat.self.clientId && event.type === "item" ? { ...event, item: again(event.item, edit) } : event,
  }
  await ada.chat.about.edit(roomId, id, "newest")
  await settle(...all)
  relay.tamper = {}
  const texts = async (one: Installation) => (await one.chat.history(roomId)).filter(isSaid).map(saidText)
  assert.deepEqual(await texts(bob), ["waited"]) // the replayed one is not the newest, and cannot be read twice
  assert.equal((await bob.chat.history(roomId)).at(-1)?.body.type, "unreadable")
  assert.deepEqual(await texts(ada), ["newest"])
})

const again = (item: ChatItem, old: ChatItem): ChatItem => ({ ...old, seq: item.seq })

test("one account has at most 8 different reactions at a message", async () => {
  const world = await roomOfThree()
  const { bob, ada, all, roomId } = world
  const id = await ada.chat.sendText(roomId, "look")
  await settle(...all)
  for (const emoji of ["😀", "😄", "😂", "🙂", "😉", "😊", "😍", "😘", "😎", "😀"]) {
    await bob.chat.about.react(roomId, id, emoji)
  }
  const [look] = await seenByAll(world)
  assert.equal((look.reactions as string[]).length, 8)
})

test("what an earlier version stored can be edited after the update", async () => {
  const world = await roomOfThree()
  const { ada, all, roomId } = world
  const id = await ada.chat.sendText(roomId, "of old")
  await settle(...all)
  for (const one of all) {
    one.kill()
    for (const key of [...one.disk.keys(chatKey.places(roomId)), chatKey.placed]) one.disk.lose(key)
  }
  for (const one of all) await one.goOnline()
  await ada.chat.about.edit(roomId, id, "of new")
  assert.deepEqual(
    (await seenByAll(world)).map(({ says }) => says),
    ["of new"],
  )
})

/** What the room shows after these items, by the rules of docs/protocol.md, slowly. */
function reference(
  ids: readonly string[],
  done: ReadonlyMap<string, { by: string; of?: string; action: AboutAction }>,
) {
  const rows = new Map<string, { by: string; text: string; edited: boolean; reactions: string[] }>()
  for (const id of ids) {
    const one = done.get(id)
    if (one === undefined) continue
    const { by, of = id, action } = one
    const row = rows.get(of)
    if (action.type === "reply") rows.set(id, { by, text: action.text, edited: false, reactions: [] })
    else if (row === undefined || row.text === "deleted") continue
    else if (action.type === "reaction") {
      row.reactions = row.reactions.filter((sign) => sign !== `${action.emoji} ${by}` || action.on)
      if (action.on && !row.reactions.includes(`${action.emoji} ${by}`)) row.reactions.push(`${action.emoji} ${by}`)
    } else if (row.by === by) {
      row.text = action.type === "edit" ? action.text : "deleted"
      row.edited = action.type === "edit"
      if (action.type === "delete") row.reactions = []
    }
  }
  return [...rows].map(([id, { by, text, edited, reactions }]) => ({ id, by, says: text, edited, reactions }))
}

for (let seed = 1; seed <= 3; seed++) {
  test(`life ${seed}: all show what the rules say, whoever was away and in whatever batches items came`, async () => {
    const rng = new Rng(`actions ${seed}`)
    const world = await roomOfThree()
    const { relay, all, roomId } = world
    const done = new Map<string, { by: string; of?: string; action: AboutAction }>()
    for (let step = 0; step < 90; step++) {
      const one = rng.pick(all)
      const by = one.who.name
      const dice = rng.float()
      if (dice < 0.1) one.goOffline()
      else if (dice < 0.25) await one.goOnline()
      else if (dice < 0.3) {
        one.kill()
        await one.start()
      } else if (dice < 0.5 || done.size === 0) {
        const text = `${by} ${step}`
        done.set(await one.chat.sendText(roomId, text), { by, action: { type: "reply", text } })
      } else {
        const own = [...done].filter(([, said]) => said.by === by && said.of === undefined).map(([id]) => id)
        const of = rng.pick(own.length > 0 && rng.float() < 0.5 ? own : [...done.keys()])
        const action = rng.pick<AboutAction>([
          { type: "reply", text: `${by} answers ${step}` },
          { type: "edit", text: `${by} edits ${step}` },
          { type: "edit", text: `${by} edits ${step} too` },
          { type: "delete" },
          { type: "reaction", emoji: rng.pick(["👍", "❤️"]), on: rng.float() < 0.7 },
        ])
        done.set(await force(one, roomId, of, action), { by, of, action })
      }
      for (let turn = rng.below(3); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    }
    for (const one of all) await one.goOnline()
    const seen = (await seenByAll(world)).map(({ answers: _, ...row }) => row)
    const ids = relay.rooms.get(roomId)?.items.map(({ id }) => id) ?? []
    assert.deepEqual(seen, reference(ids, done))
    assert.ok(seen.some(({ edited }) => edited) && seen.some(({ says }) => says === "deleted"), "nothing happened")
  })
}
