import assert from "node:assert/strict"
import { test } from "node:test"
import { account, Installation, ManualClock, settle } from "../../support/chat-party.js"
import { MemoryRelay } from "../../support/memory-relay.js"

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
  await bob.chat.markRead(roomId)
  assert.equal(bob.chat.room(roomId)?.unread, 0)
  const [first] = (await ada.chat.history(roomId)).filter(({ body }) => body.type === "text")
  assert.deepEqual(ada.chat.delivery(roomId, first.seq), { reached: ["Bob"], missing: [] })
  const bobsView = bob.chat.members(roomId).find(({ self }) => !self)
  assert.deepEqual(bobsView?.factors, ["password", "finger", "scanner"])
  assert.equal(bobsView?.name, "Ada")
})
