import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { poll } from "@sourceprint/core/async/poll.js"
import { Rng } from "@sourceprint/core/rng.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import type { Account } from "@sourceprint/serve/store/store.js"
import { Installation, ManualClock, type MeetingPlace } from "../../../support/chat-party.js"
import { runSchedule } from "../../../support/chat-schedule.js"
import type { RelayAccount } from "../../../support/memory-relay.js"
import { PATIENCE_MS, until } from "../../../support/patience.js"
import { testRelay } from "../../../support/relay-context.js"
import { relayTransport } from "../../../support/relay-transport.js"

/** The real relay on SQLite as the place where clients of these accounts meet. */
async function withRelay(
  names: readonly string[],
  work: (place: MeetingPlace, whoIs: (name: string) => RelayAccount) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "chat-relay-"))
  const server = await testRelay(join(folder, "s.db"), KeyRing.random())
  try {
    const accounts = new Map<string, Account>()
    for (const name of names) accounts.set(name, await server.account(name))
    const accountOf = (name: string): Account => {
      const found = accounts.get(name)
      if (found === undefined) throw new Error(`no account ${name}`)
      return found
    }
    const place = {
      serverIdentity: server.identity,
      connect: ({ name }: RelayAccount) => relayTransport(server, accountOf(name)),
    }
    await work(place, (name) => ({ accountId: accountOf(name).id, name, factors: [] }))
  } finally {
    await server.stop()
    await rm(folder, { recursive: true })
  }
}

/** @param between comes every 20 looks */
function eventually(what: string, holds: () => boolean, between = (): void => {}): Promise<void> {
  let looks = 0
  return until(() => {
    if (looks++ % 20 === 19) between()
    return holds()
  }, what)
}

test(
  "a room's life on the real relay: deaths at writes and broken lines lose and double nothing, one " + "order",
  async () => {
    await withRelay(["P0", "P1", "P2", "P3"], async (place, whoIs) => {
      /** All have done their tasks and hold equally many items. */
      const settled = (all: readonly Installation[]): Promise<void> => {
        const held = ({ disk }: Installation): number => disk.keys("message/").length
        return eventually("all have everything", () =>
          all.every((one) => one.disk.keys("task/").length === 0 && held(one) === held(all[0]) && held(one) > 0),
        )
      }
      const options = { clients: 4, steps: 150, deathRate: 0.02, cutRate: 0.03, removals: false }
      const life = await runSchedule(place, new Rng("real relay"), options, whoIs, settled)
      const { all, roomId, sure, unsure } = life
      assert.ok(life.deaths > 0 && life.cuts > 0)
      const order = await all[0].texts(roomId)
      assert.equal(new Set(order).size, order.length)
      for (const one of all) assert.deepEqual(await one.texts(roomId), order)
      for (const text of sure) assert.ok(order.includes(text), `"${text}" is lost`)
      for (const text of order) assert.ok(sure.has(text) || unsure.has(text))
      for (const one of all) await one.chat.close()
    })
  },
)

test(
  "on the real relay members come with all devices, are removed, leave, lose their state, and drop a " + "device",
  async () => {
    await withRelay(["Ada", "Bob", "Cyn"], async (place, whoIs) => {
      const clock = new ManualClock()
      const turns = (): void => clock.advance(3_000)
      const start = async (name: string): Promise<Installation> => {
        const one = new Installation(place, whoIs(name), clock)
        await one.goOnline()
        return one
      }
      const [ada, bob, cyn] = [await start("Ada"), await start("Bob"), await start("Cyn")]
      const roomId = await ada.chat.createRoom("real", ["Bob", "Cyn"])
      const names = (one: Installation): string =>
        one.chat.room(roomId) === undefined
          ? ""
          : one.chat
              .members(roomId)
              .map(({ name }) => name)
              .join()
      for (const one of [bob, cyn]) await eventually("all three are in", () => names(one) === "Ada,Bob,Cyn")
      await eventually("the name is told", () => cyn.chat.room(roomId)?.title === "real")

      const laptop = await start("Bob")
      await eventually("the laptop is in", () => names(laptop) === "Ada,Bob,Cyn", turns)
      await laptop.chat.sendText(roomId, "from the laptop")
      await eventually("it is heard", () => cyn.chat.room(roomId)?.unread === 1)
      await eventually("presence is known", () => ada.chat.members(roomId).every(({ online }) => online))

      // What comes after the state is lost cannot be read: the first device must have it before.
      const hasIt = async (): Promise<boolean> => (await bob.texts(roomId)).includes("from the laptop")
      assert.ok(await poll(hasIt, { everyMs: 10, withinMs: PATIENCE_MS }))
      bob.kill()
      bob.disk.lose(`group/${roomId}`)
      await bob.goOnline()
      await eventually("the lost state is made good", () => bob.chat.room(roomId)?.status === "active", turns)
      await bob.chat.sendText(roomId, "back again")
      await eventually("it is heard", () => cyn.chat.room(roomId)?.unread === 2)

      await bob.chat.dropDevice(laptop.chat.self.clientId)
      const devices = (): number | undefined =>
        ada.chat.members(roomId).find(({ name }) => name === "Bob")?.clients.length
      await eventually("the laptop is out", () => devices() === 1, turns)
      laptop.goOffline()
      await assert.rejects(laptop.goOnline(), { code: "application/refused/client" })

      await cyn.chat.removeMember(roomId, bob.who.accountId)
      await eventually("Bob is told", () => bob.chat.room(roomId)?.status === "removed")
      await ada.chat.sendText(roomId, "only two")
      await eventually("it is heard", () => cyn.chat.room(roomId)?.unread === 3)
      assert.deepEqual(await bob.texts(roomId), ["from the laptop", "back again"])

      await cyn.chat.leave(roomId)
      await eventually("Cyn has left", () => cyn.chat.room(roomId)?.status === "left")
      await eventually("Ada is alone", () => names(ada) === "Ada", turns)
      const problems = [ada, bob, cyn].flatMap(({ updates }) => updates.filter(({ type }) => type === "problem"))
      assert.deepEqual(problems, [])
      for (const one of [ada, bob, cyn, laptop]) await one.chat.close()
    })
  },
)
