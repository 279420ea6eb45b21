import assert from "node:assert/strict"
import { test } from "node:test"
import { Rng } from "@sourceprint/core/rng.js"
import type { Installation } from "../../support/chat-party.js"
import { runSchedule } from "../../support/chat-schedule.js"
import { MemoryRelay } from "../../support/memory-relay.js"

/** What an installation keeps, by seq: the same for all, but that who joins or is removed sees that commit as its
 *  own. */
async function items(one: Installation, roomId: string): Promise<Map<number, string>> {
  const entries = await one.chat.history(roomId, { limit: 100_000 })
  return new Map(
    entries.map(({ seq, id, sender, body }) => [
      seq,
      ["joined", "removed", "members"].includes(body.type)
        ? `commit ${id}`
        : `${sender.accountId} ${id} ${body.type === "text" ? body.text : body.type}`,
    ]),
  )
}

async function assertOneOrder(all: readonly Installation[], roomId: string): Promise<void> {
  const seen = new Map<number, string>()
  for (const one of all) {
    for (const [seq, item] of await items(one, roomId)) {
      assert.ok(!item.endsWith("unreadable"), `${one.who.name} cannot read ${seq}`)
      assert.equal(item, seen.get(seq) ?? item, `item ${seq} at ${one.who.name}`)
      seen.set(seq, item)
    }
    const texts = await one.texts(roomId)
    assert.equal(new Set(texts).size, texts.length, `${one.who.name} has a text twice`)
  }
}

// 60 lives: npm run prove -- chat
for (let seed = 1; seed <= 4; seed++) {
  test(`life ${seed}: with deaths at writes and broken lines nothing is lost, nothing doubled, one order`, async () => {
    const rng = new Rng(`life ${seed}`)
    const clients = [2, 3, 5, 10][seed % 4]
    const relay = await MemoryRelay.start()
    const life = await runSchedule(relay, rng, {
      clients,
      steps: 120,
      deathRate: 0.02,
      cutRate: 0.03,
      removals: false,
    })
    const { all, roomId, sure, unsure } = life
    assert.ok(life.deaths > 0 && life.cuts > 0, "nothing went wrong: the test shows nothing")
    await assertOneOrder(all, roomId)
    for (const one of all) {
      const texts = new Set(await one.texts(roomId))
      for (const text of sure) assert.ok(texts.has(text), `${one.who.name} lacks "${text}"`)
      for (const text of texts) assert.ok(sure.has(text) || unsure.has(text))
      assert.equal(one.chat.outbox(roomId).length, 0)
    }
  })
}

for (let seed = 1; seed <= 3; seed++) {
  test(`life ${seed} with removals: one order; nobody reads what was said while they were out`, async () => {
    const rng = new Rng(`removals ${seed}`)
    const relay = await MemoryRelay.start()
    const life = await runSchedule(relay, rng, {
      clients: 4,
      steps: 120,
      deathRate: 0.01,
      cutRate: 0.02,
      removals: true,
    })
    const { all, roomId } = life
    await assertOneOrder(all, roomId)
    const room = relay.rooms.get(roomId)
    for (const one of all) {
      const clientId = one.client?.self.clientId ?? ""
      const stay = room?.stays.get(clientId)
      const mls = one.chat.members(roomId).some(({ clients }) => clients.some((client) => client.clientId === clientId))
      assert.equal(mls, stay !== undefined && stay.last === Number.POSITIVE_INFINITY, `${one.who.name}'s membership`)
    }
  })
}
