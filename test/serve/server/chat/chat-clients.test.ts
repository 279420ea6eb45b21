import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { ManualClock } from "../../../support/chat-party.js"
import { type TestRelay, testRelay } from "../../../support/relay-context.js"
import { comes, RelayedChat } from "../../../support/relayed-chat.js"

/** Real clients on the real relay over SQLite: that both understand the rules of docs/protocol.md alike. */
async function party<Name extends string>(names: readonly Name[]) {
  const location = join(await mkdtemp(join(tmpdir(), "chat-clients-")), "s.db")
  const server: TestRelay = await testRelay(location, KeyRing.random())
  const clock = new ManualClock()
  const people: RelayedChat[] = []
  for (const name of names) {
    const person = await RelayedChat.start(server, await server.account(name), clock)
    await person.goOnline(server)
    people.push(person)
  }
  const room = async (title: string): Promise<string> => {
    const [creator, ...others] = people
    const roomId = await creator.chat.createRoom(
      title,
      others.map(({ account }) => account.name),
    )
    await comes(clock, "all are in", () => people.every(({ chat }) => chat.room(roomId)?.title === title))
    return roomId
  }
  return {
    server,
    clock,
    people,
    room,
    async stop() {
      for (const person of people) await person.kill()
      await server.stop()
    },
  }
}

test("a room: messages both ways, delivery, presence, typing, a direct conversation", async () => {
  const { people, room, clock, server, stop } = await party(["Ada", "Ben", "Cy"])
  const [ada, ben, cy] = people
  try {
    const roomId = await room("garden")
    await ada.chat.sendText(roomId, "hello")
    await comes(clock, "all have it", async () => (await cy.texts(roomId)).length === 1)
    await ben.chat.sendText(roomId, "привет 🪴")
    await comes(clock, "all have both", async () => (await ada.texts(roomId)).length === 2)
    assert.deepEqual(await ada.texts(roomId), ["hello", "привет 🪴"])
    const seq = (await ada.chat.history(roomId)).find(({ body }) => body.type === "text")?.seq ?? 0
    await comes(clock, "delivery is known", () => ada.chat.delivery(roomId, seq).missing.length === 0)
    const isOnline = (name: string): boolean =>
      ada.chat.members(roomId).some((member) => member.name === name && member.online)
    await comes(clock, "all are online", () => isOnline("Ben") && isOnline("Cy"))
    cy.goOffline()
    await comes(clock, "Cy is not", () => !isOnline("Cy"))
    await cy.goOnline(server)
    await comes(clock, "Cy is back", () => isOnline("Cy"))
    const typed: string[] = []
    ben.chat.subscribe((update) => {
      if (update.type === "typing" && update.typing) typed.push(update.name)
    })
    await ada.chat.typing(roomId, true)
    await comes(clock, "Ben sees Ada type", () => typed.includes("Ada"))
    const direct = await ben.chat.openDirect("Ada")
    await comes(clock, "Ada is in it", () => ada.chat.room(direct)?.title === "Ben")
    assert.equal(await ada.chat.openDirect("Ben"), direct)
  } finally {
    await stop()
  }
})

test("removed, left, deleted: their leaves go, and they read nothing that is said later", async () => {
  const { people, room, clock, server, stop } = await party(["Ada", "Ben", "Cy", "Di"])
  const [ada, ben, cy, di] = people
  try {
    const roomId = await room("shrinking")
    await ada.chat.removeMember(roomId, ben.account.id)
    await comes(clock, "Ben knows", () => ben.chat.room(roomId)?.status === "removed")
    await cy.chat.leave(roomId)
    await comes(clock, "Cy's leaf is gone", () => !ada.names(roomId).includes("Cy"))
    await server.opened.store.deleteAccount(di.account.id, { atMs: 0, event: "admin", reason: "deleted" })
    await comes(clock, "Di's leaf is gone", () => ada.names(roomId).join() === "Ada")
    await ada.chat.sendText(roomId, "alone")
    await comes(clock, "it is sent", () => ada.chat.outbox(roomId).length === 0)
    for (const other of [ben, cy, di]) assert.deepEqual(await other.texts(roomId), [])
    await ada.chat.addMember(roomId, "Ben")
    await comes(clock, "Ben is back", () => ben.chat.room(roomId)?.status === "active")
    await ada.chat.sendText(roomId, "again")
    await comes(clock, "Ben has it", async () => (await ben.texts(roomId)).join() === "again")
  } finally {
    await stop()
  }
})

test("a second device is added by itself and dropped when lost", async () => {
  const { people, room, clock, server, stop } = await party(["Ada", "Ben"])
  const [ada, ben] = people
  const laptop = await RelayedChat.start(server, ben.account, clock)
  try {
    const roomId = await room("devices")
    await laptop.goOnline(server)
    await comes(clock, "the laptop is in", () => laptop.chat.room(roomId)?.title === "devices")
    await laptop.chat.sendText(roomId, "from the laptop")
    await comes(clock, "Ada has it", async () => (await ada.texts(roomId)).length === 1)
    await comes(clock, "so has the phone", async () => (await ben.texts(roomId)).length === 1)
    await ben.chat.dropDevice(laptop.chat.self.clientId)
    const devices = (): number => ada.chat.members(roomId).reduce((sum, { clients }) => sum + clients.length, 0)
    await comes(clock, "its leaf is gone", () => devices() === 2)
    await ada.chat.sendText(roomId, "without it")
    await comes(clock, "the phone has it", async () => (await ben.texts(roomId)).length === 2)
    assert.deepEqual(await laptop.texts(roomId), ["from the laptop"])
    await assert.rejects(laptop.goOnline(server))
  } finally {
    await laptop.kill()
    await stop()
  }
})

test("a device that lost its state is added again and continues; what it wanted to say is said once", async () => {
  const { people, room, clock, server, stop } = await party(["Ada", "Ben", "Cy"])
  const [ada, ben] = people
  try {
    const roomId = await room("lost")
    await ada.chat.sendText(roomId, "before")
    await comes(clock, "Ben has it", async () => (await ben.texts(roomId)).length === 1)
    await ben.kill()
    ben.disk.lose(`group/${roomId}`)
    const again = await RelayedChat.start(server, ben.account, clock, ben.disk)
    people[1] = again
    await again.chat.sendText(roomId, "while lost")
    await again.goOnline(server)
    await comes(clock, "Ben is back", () => again.chat.room(roomId)?.status === "active")
    await comes(clock, "it was said", async () => (await ada.texts(roomId)).includes("while lost"))
    await ada.chat.sendText(roomId, "after")
    for (const person of people) {
      await comes(clock, "all have it", async () => (await person.texts(roomId)).includes("after"))
    }
    assert.deepEqual(await ada.texts(roomId), ["before", "while lost", "after"])
    assert.deepEqual((await again.texts(roomId)).sort(), ["after", "before", "while lost"])
  } finally {
    await stop()
  }
})
