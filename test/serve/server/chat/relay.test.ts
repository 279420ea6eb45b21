import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { readCertificate, verifyCertificate } from "@sourceprint/protocol/chat/certificate.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import pg from "pg"
import { freshDatabase } from "../../../support/fresh-postgres.js"
import { newId, RelayClient, type TestRelay, testRelay } from "../../../support/relay-context.js"
import { throwawayPostgres, withoutPostgres } from "../../../support/throwaway-postgres.js"

const keys = KeyRing.random()
const cluster = withoutPostgres === false ? await throwawayPostgres() : undefined
after(() => cluster?.stop())
const sqliteFile = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "relay-")), "s.db")

const refusedAs = (code: string) => (error: unknown) => hasCode(error, `refused/${code}`)

const cutListeners =
  "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()"

/** Ada, Ben and Cy in one room at epoch 1, each at the server that `at` gives. */
async function three(at: readonly TestRelay[]) {
  const clients: RelayClient[] = []
  for (const [i, name] of ["Ada", "Ben", "Cy"].entries()) {
    const server = at[i % at.length]
    const client = new RelayClient(server, await server.account(name))
    await client.register()
    clients.push(client)
  }
  const [ada, ben, cy] = clients
  const room = newId()
  assert.equal((await ada.ask("createRoom", { roomId: room, kind: "room" })).type, "done")
  assert.deepEqual(await ada.commit(room, 0, [ben.clientId, cy.clientId]), { type: "accepted", seq: 1 })
  for (const added of [ben, cy]) await added.event("item", ({ item }) => item.kind === "welcome")
  await ada.event("item", ({ item }) => item.kind === "commit")
  return { ada, ben, cy, room }
}

test("a connection registers first, as one client; its certificate says how its person was verified", async () => {
  const server = await testRelay(await sqliteFile(), keys)
  try {
    const ada = new RelayClient(server, await server.account("Ada"))
    await assert.rejects(ada.ask("rooms", { after: "0".repeat(32) }), refusedAs("register"))
    const answer = await ada.register()
    assert.ok(answer.type === "registered")
    const claims = await verifyCertificate(webCrypto, server.identity, answer.certificate)
    assert.deepEqual(
      [claims?.name, claims?.clientId, claims?.factors, claims?.timeMs],
      ["Ada", ada.clientId, ["password", "finger"], 1],
    )
    const thief = new RelayClient(server, await server.account("Eve"), ada.clientId)
    await assert.rejects(thief.register(), refusedAs("client"))
    const again = new RelayClient(server, ada.account, ada.clientId)
    await assert.rejects(again.register(), refusedAs("client")) // another key
    assert.deepEqual(await ada.ask("directory", { prefix: "E" }), { type: "names", names: ["Eve"] })
    await assert.rejects(ada.ask("clients", { name: "Nobody" }), refusedAs("account"))
    await ada.ask("putKeyPackages", { packages: [utf8("one")], lastResort: utf8("last") })
    const eve = new RelayClient(server, thief.account)
    await eve.register()
    const claimed = await eve.ask("claimKeyPackages", { name: "ada", clients: [] })
    assert.ok(claimed.type === "keyPackages")
    assert.deepEqual(
      claimed.packages.map(({ keyPackage }) => keyPackage),
      [utf8("one")],
    )
    assert.equal((await ada.event("keyPackagesLow")).packagesLeft, 0)
  } finally {
    await server.stop()
  }
})

for (const kind of ["one server", "two servers on PostgreSQL"] as const) {
  const skip = kind === "one server" ? false : withoutPostgres
  const relays = async (): Promise<TestRelay[]> => {
    if (kind === "one server") return [await testRelay(await sqliteFile(), keys)]
    const url = await freshDatabase(cluster?.url ?? "")
    const first = await testRelay(url, keys)
    return [first, await testRelay(url, keys)]
  }

  test(`${kind}: every member gets every item once and in order, whoever posts where`, { skip }, async () => {
    const servers = await relays()
    try {
      const { ada, ben, cy, room } = await three(servers)
      await Promise.all(
        [ada, ben, cy].map(async (client, n) => {
          for (let i = 0; i < 15; i++) {
            const answer = await client.post(room, 1, `${n}-${i}`)
            assert.equal(answer.type, "accepted")
          }
        }),
      )
      for (const client of [ada, ben, cy]) await client.event("item", ({ item }) => item.seq === 46)
      assert.deepEqual(ada.heard(room).slice(1), ben.heard(room).slice(1))
      assert.deepEqual(ada.heard(room).slice(1), cy.heard(room).slice(1))
      assert.deepEqual(
        ada.heard(room).map((item) => Number(item.split(" ")[0])),
        Array.from({ length: 46 }, (_, i) => i + 1),
      )
      assert.equal(ada.heard(room)[0], "1 commit commit 0")
      assert.equal(ben.heard(room)[0], "1 welcome welcome 0")

      // delivery is told to those whose items they are
      await cy.ask("ack", { acks: [{ roomId: room, seq: 46 }] })
      const delivered = await ada.event("delivered")
      assert.deepEqual([delivered.clientId, delivered.seq], [cy.clientId, 46])
      await ben.event("delivered")

      await ada.ask("signal", { roomId: room, bytes: utf8("typing") })
      assert.deepEqual((await ben.event("signal")).bytes, utf8("typing"))
      assert.equal((await cy.event("signal")).clientId, ada.clientId)
      assert.equal(
        ada.events.some(({ type }) => type === "signal"),
        false,
      )
    } finally {
      for (const server of servers) await server.stop()
    }
  })

  test(`${kind}: who comes back fetches what they missed; who was removed gets nothing more`, {
    skip,
  }, async () => {
    const servers = await relays()
    try {
      const { ada, ben, cy, room } = await three(servers)
      ben.leave(servers.at(-1))
      assert.equal((await ada.event("presence", ({ online }) => !online)).name, "Ben")
      await ada.post(room, 1, "while away")
      assert.deepEqual(await ada.commit(room, 1, [], [cy.clientId]), { type: "accepted", seq: 3 })
      await cy.event("item", ({ item }) => item.seq === 3)
      assert.deepEqual(await ada.post(room, 1, "old epoch"), { type: "stale", epoch: 2 })
      await ada.post(room, 2, "without cy")
      await ben.register()
      assert.equal((await ada.event("presence", ({ name, online }) => online && name === "Ben")).online, true)
      const fetched = await ben.ask("fetch", { roomId: room, after: 1, limit: 512 })
      assert.ok(fetched.type === "items")
      assert.deepEqual(
        fetched.items.map(({ seq, kind: is }) => `${seq} ${is}`),
        ["2 message", "3 commit", "4 message"],
      )
      await ada.post(room, 2, "ben is back")
      await ben.event("item", ({ item }) => item.seq === 5)
      assert.equal(cy.heard(room).at(-1), "3 commit commit 1")
      await assert.rejects(cy.post(room, 2, "let me"), refusedAs("room"))
      const cys = await cy.ask("fetch", { roomId: room, after: 0, limit: 512 })
      assert.ok(cys.type === "items" && cys.items.at(-1)?.seq === 3 && cys.head === 3)

      const rooms = await ben.ask("rooms", { after: "0".repeat(32) })
      assert.ok(rooms.type === "rooms")
      const [one] = rooms.rooms
      assert.deepEqual([one.roomId, one.epoch, one.head, one.members.length], [room, 2, 5, 2])
      assert.deepEqual(
        one.members.map((member) => [readCertificate(member.certificate)?.name, member.state, member.online]).sort(),
        [
          ["Ada", "in", true],
          ["Ben", "in", true],
        ],
      )
    } finally {
      for (const server of servers) await server.stop()
    }
  })

  test(`${kind}: members hear of new devices, of who left, and of deleted accounts`, { skip }, async () => {
    const servers = await relays()
    try {
      const { ada, ben, cy, room } = await three(servers)
      const second = new RelayClient(servers.at(-1) ?? servers[0], ben.account)
      await second.register()
      const heard = await ada.event("newClient")
      assert.deepEqual([heard.name, heard.clientId], ["Ben", second.clientId])
      assert.deepEqual(await ada.commit(room, 1, [second.clientId]), { type: "accepted", seq: 2 })
      assert.equal((await second.event("item")).item.kind, "welcome")

      await ben.ask("rejoin", { roomId: room })
      assert.equal((await cy.event("waiting")).clientId, ben.clientId)
      await ben.ask("leave", { roomId: room })
      assert.equal((await cy.event("gone")).clientId, ben.clientId)
      await second.ask("dropClient", { clientId: ben.clientId })
      await assert.rejects(ben.register(), refusedAs("client"))
      await assert.rejects(ada.ask("dropClient", { clientId: second.clientId }), refusedAs("client"))

      const { store } = servers[0].opened
      await store.deleteAccount(ben.account.id, { atMs: 0, event: "admin", reason: "deleted" })
      // SQLite: nobody tells, so the relay looks by itself every few seconds
      assert.equal((await ada.event("gone", ({ clientId }) => clientId === second.clientId)).roomId, room)
    } finally {
      for (const server of servers) await server.stop()
    }
  })
}

test("two servers: what happened while a server heard no notices is found", {
  skip: withoutPostgres,
}, async () => {
  const url = await freshDatabase(cluster?.url ?? "")
  const slow = { healMs: 60_000, patienceMs: 500 } // so that only the return of the notifications can heal it
  const servers = [await testRelay(url, keys, {}, slow), await testRelay(url, keys, {}, slow)]
  const breaker = new pg.Client({ connectionString: url })
  await breaker.connect()
  try {
    const { ada, ben, cy, room } = await three(servers)
    for (let i = 2; i < 6; i++) {
      // both listen again by now, or will in a moment
      for (let cut = 0; cut < 2; ) cut += (await breaker.query(cutListeners)).rowCount ?? 0
      await ada.post(room, 1, `while deaf ${i}`)
      for (const client of [ada, ben, cy]) await client.event("item", ({ item }) => item.seq === i)
    }
  } finally {
    await breaker.end()
    for (const server of servers) await server.stop()
  }
})

test("a second connection of a client takes the place of the first", async () => {
  const server = await testRelay(await sqliteFile(), keys)
  try {
    const { ada, ben, room } = await three([server])
    const key = new Uint8Array(32)
    const account = await server.account("Dee")
    const one = new RelayClient(server, account, newId(), key)
    await one.register()
    await ada.commit(room, 1, [one.clientId])
    await one.event("item")
    const two = new RelayClient(server, account, one.clientId, key)
    await two.register()
    assert.equal(one.closed, true)
    const silent = one.events.length
    await ben.post(room, 2, "hello")
    await two.event("item", ({ item }) => item.seq === 3)
    assert.equal(one.events.length, silent)
    one.leave() // its end takes nothing from the newer one
    await ben.post(room, 2, "still there?")
    await two.event("item", ({ item }) => item.seq === 4)
    assert.equal(
      ada.events.some((event) => event.type === "presence" && !event.online),
      false,
    )
  } finally {
    await server.stop()
  }
})

test("who posts too much is slowed down, and refused in words when it continues", async () => {
  const stopped = { nowMs: () => 1_790_000_000_000, monotonicMs: () => 0 } // no post is forgiven meanwhile
  const rules = { postsPerSecond: 2, postBurst: 10 }
  const server = await testRelay(await sqliteFile(), keys, rules, undefined, stopped)
  try {
    const { ada, ben, room } = await three([server]) // two of Ada's ten
    const results = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => ada.post(room, 1, `n${i}`)))
    const refused = results.filter((result) => result.status === "rejected")
    assert.equal(refused.length, 30 - 8 - 1) // 8 at once, one within half a second
    for (const { reason } of refused) assert.ok(hasCode(reason, "refused/rate") && /too many/.test(reason.message))
    assert.equal((await ben.post(room, 1, "another account is not slowed")).type, "accepted")
    for (let i = 0; i < 30; i++) await ada.ask("signal", { roomId: room, bytes: utf8("typing") })
    assert.ok(ben.events.filter(({ type }) => type === "signal").length < 30)
  } finally {
    await server.stop()
  }
})
