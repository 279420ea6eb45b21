import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Rng } from "../../../../src/shared/rng.js"
import { KeyRing } from "../../../../src/shared/store/key-ring.js"
import type { Account } from "../../../../src/shared/store/store.js"
import type { Installation } from "../../../support/chat-party.js"
import { runSchedule } from "../../../support/chat-schedule.js"
import { relayTransport } from "../../../support/relay-transport.js"
import { testRelay } from "../../../support/relay-world.js"

test("a room's life on the real relay: deaths at writes and broken lines lose and double nothing, one order", async () => {
  const folder = await mkdtemp(join(tmpdir(), "chat-relay-"))
  const server = await testRelay(join(folder, "s.db"), KeyRing.random())
  try {
    const names = ["P0", "P1", "P2", "P3"]
    const accounts = new Map<string, Account>()
    for (const name of names) accounts.set(name, await server.account(name))
    const accountOf = (name: string): Account => {
      const found = accounts.get(name)
      if (found === undefined) throw new Error(`no account ${name}`)
      return found
    }
    const place = {
      serverIdentity: server.identity,
      connect: ({ name }: { name: string }) => relayTransport(server, accountOf(name)),
    }
    /** All have done their tasks and hold equally many items. */
    const settled = async (all: readonly Installation[]): Promise<void> => {
      const held = ({ disk }: Installation): string => `${disk.keys("message/").length}`
      const done = (): boolean =>
        all.every((one) => one.disk.keys("task/").length === 0 && held(one) === held(all[0])) &&
        all[0].disk.keys("message/").length > 0
      for (let turn = 0; turn < 2_000 && !done(); turn++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      assert.ok(done(), "not all have everything")
    }
    const life = await runSchedule(
      place,
      new Rng("real relay"),
      { clients: 4, steps: 150, deathRate: 0.02, cutRate: 0.03, removals: false },
      (name) => ({ accountId: accountOf(name).id, name, factors: [] }),
      settled,
    )
    const { all, roomId, sure, unsure } = life
    assert.ok(life.deaths > 0 && life.cuts > 0)
    const order = await all[0].texts(roomId)
    assert.equal(new Set(order).size, order.length)
    for (const one of all) assert.deepEqual(await one.texts(roomId), order)
    for (const text of sure) assert.ok(order.includes(text), `"${text}" is lost`)
    for (const text of order) assert.ok(sure.has(text) || unsure.has(text))
    for (const one of all) await one.chat.close()
  } finally {
    await server.stop()
    await rm(folder, { recursive: true })
  }
})
