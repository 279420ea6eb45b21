import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { Rng } from "@sourceprint/core/rng.js"
import type {
  ChatNotice,
  ChatQuotas,
  ChatStore,
  RoomOperation,
  RoomOutcome,
} from "@sourceprint/serve/store/chat/chat-store.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { type OpenedStore, openStore } from "@sourceprint/serve/store/open-store.js"

const NOW = 1_800_000_000_000
const id = (): string => toHex(randomBytes(16))
const keys = KeyRing.random()

const quotas: ChatQuotas = {
  clientsPerAccount: 3,
  roomsPerAccount: 4,
  membersPerRoom: 5,
  waitingBytesPerRoom: 10_000,
  waitingBytesPerAccount: 20_000,
  minimumFreeBytes: 0,
  keyPackagesPerClient: 4,
}

interface World {
  readonly opened: OpenedStore
  readonly chat: ChatStore
  readonly location: string
  account(name: string): Promise<string>
  /** A client of an account that is made if need be. */
  client(accountId: string): Promise<string>
  commit(room: string, by: string, epoch: number, added: string[], removed?: string[]): Promise<RoomOutcome>
  post(room: string, by: string, epoch: number, text: string, itemId?: string): Promise<RoomOutcome>
  one(operation: RoomOperation): Promise<RoomOutcome>
}

function worldOf(opened: OpenedStore, location: string): World {
  const chat = opened.chatStore(quotas, id())
  const one = async (operation: RoomOperation): Promise<RoomOutcome> => (await chat.apply([operation], NOW))[0]
  return {
    opened,
    chat,
    location,
    one,
    async account(name) {
      const accountId = id()
      const created = await opened.store.createAccount({
        account: { id: accountId, name, sealedRecord: utf8("sealed"), createdAtMs: NOW },
        nameKey: name.toLowerCase(),
        templates: [],
        enrolmentHash: id(),
        codeHash: undefined,
        imageDigests: [],
        audit: { atMs: NOW, event: "enrolment", reason: "passed" },
      })
      assert.equal(created, "created")
      return accountId
    },
    async client(accountId) {
      const clientId = id()
      const certificate = utf8(`certificate of ${clientId}`)
      const made = await chat.registerClient({ clientId, accountId, signatureKey: id(), certificate }, NOW)
      assert.deepEqual(made, { packagesLeft: 0 })
      return clientId
    },
    commit: (roomId, clientId, epoch, added, removed = []) =>
      one({
        op: "commit",
        roomId,
        clientId,
        epoch,
        id: id(),
        commit: utf8(`commit ${epoch}`),
        welcome: utf8(`welcome ${epoch}`),
        added,
        removed,
      }),
    post: (roomId, clientId, epoch, text, itemId = id()) =>
      one({ op: "post", roomId, clientId, epoch, id: itemId, bytes: utf8(text) }),
  }
}

const accepted = (seq: number) => (outcome: RoomOutcome) =>
  assert.deepEqual([outcome.is, outcome.is === "accepted" && outcome.seq], ["accepted", seq])
const texts = async (chat: ChatStore, room: string, client: string, after = 0): Promise<string[] | undefined> =>
  (await chat.itemsFor(room, client, after, 512, 400_000))?.items.map(
    (item) => `${item.seq} ${new TextDecoder().decode(item.bytes)}`,
  )

/** Every chat store keeps this. `fresh` gives the address of an empty database. */
export function chatStoreContract(
  kind: string,
  skip: false | string,
  fresh: () => Promise<string>,
  open: typeof openStore = openStore,
): void {
  const contract = (title: string, body: (world: World) => Promise<void>): void => {
    test(`${kind} chat: ${title}`, { skip }, async () => {
      const location = await fresh()
      const opened = await open(location, keys)
      try {
        await body(worldOf(opened, location))
      } finally {
        await opened.store.close()
      }
    })
  }

  /** Ada's room with Ben in it: epoch 1, head 1. */
  async function pair(world: World): Promise<{ room: string; ada: string; ben: string; adas: string; bens: string }> {
    const adas = await world.account("Ada")
    const bens = await world.account("Ben")
    const ada = await world.client(adas)
    const ben = await world.client(bens)
    const room = id()
    assert.equal(await world.chat.createRoom({ roomId: room, kind: "room", clientId: ada }, NOW), "created")
    accepted(1)(await world.commit(room, ada, 0, [ben]))
    return { room, ada, ben, adas, bens }
  }

  contract("a client is one account's and one key's; dropped it never comes back", async (world) => {
    const { chat } = world
    const adas = await world.account("Ada")
    const bens = await world.account("Ben")
    const clientId = id()
    const signatureKey = id()
    const client = { clientId, accountId: adas, signatureKey, certificate: utf8("one") }
    assert.deepEqual(await chat.registerClient(client, NOW), { packagesLeft: 0 })
    assert.deepEqual(await chat.registerClient({ ...client, certificate: utf8("two") }, NOW), {
      packagesLeft: 0,
    })
    assert.deepEqual(await chat.clientsOf("ada"), [utf8("two")])
    assert.deepEqual(await chat.clientsOf("ben"), [])
    assert.equal(await chat.clientsOf("eve"), undefined)
    assert.equal(await chat.registerClient({ ...client, accountId: bens }, NOW), "client")
    assert.equal(await chat.registerClient({ ...client, signatureKey: id() }, NOW), "client")
    await world.client(adas)
    await world.client(adas)
    assert.equal(await chat.registerClient({ ...client, clientId: id() }, NOW), "full")
    assert.equal(await chat.dropClient(bens, clientId, NOW), false)
    assert.equal(await chat.dropClient(adas, clientId, NOW), true)
    assert.equal(await chat.registerClient(client, NOW), "client")
    assert.equal((await chat.clientsOf("ada"))?.length, 2)
    assert.deepEqual(await chat.namesFrom("", 10), ["Ada", "Ben"])
    assert.deepEqual(await chat.namesFrom("b", 10), ["Ben"])
    assert.deepEqual(await chat.namesFrom("%", 10), [])
    assert.deepEqual(await chat.namesFrom("", 1), ["Ada"])
  })

  contract(
    "a key package is handed out once, even to many at once; then the last resort, again and again",
    async (world) => {
      const { chat } = world
      const adas = await world.account("Ada")
      const one = await world.client(adas)
      const two = await world.client(adas)
      const packages = Array.from({ length: 6 }, (_, i) => utf8(`package ${i}`))
      assert.equal(await chat.putKeyPackages(one, packages, undefined), 4) // the quota
      assert.deepEqual(await chat.claimKeyPackages("eve", []), undefined)
      const claims = await Promise.all(Array.from({ length: 6 }, () => chat.claimKeyPackages("ada", [])))
      const given = claims.flatMap((claim) => claim ?? []).map(({ keyPackage }) => new TextDecoder().decode(keyPackage))
      assert.deepEqual(given.sort(), ["package 0", "package 1", "package 2", "package 3"])
      assert.equal(await chat.putKeyPackages(one, [utf8("fresh")], utf8("last")), 1)
      assert.equal(await chat.putKeyPackages(two, [], utf8("other")), 0)
      const names = async (clients: string[]): Promise<unknown> =>
        (await chat.claimKeyPackages("ada", clients))?.map(({ clientId, keyPackage, left }) => [
          clientId === one ? "one" : "two",
          new TextDecoder().decode(keyPackage),
          left,
        ])
      assert.deepEqual(await names([one]), [["one", "fresh", 0]])
      assert.deepEqual(await names([one]), [["one", "last", 0]])
      assert.deepEqual(await names([two]), [["two", "other", 0]])
      assert.equal((await chat.claimKeyPackages("ada", []))?.length, 2)
    },
  )

  contract("one log a room: no gaps, one commit an epoch, a repeated id answers its first seq", async (world) => {
    const { chat } = world
    const { room, ada, ben, adas } = await pair(world)
    assert.equal(await chat.createRoom({ roomId: room, kind: "room", clientId: ada }, NOW), "known")
    assert.equal(await chat.createRoom({ roomId: room, kind: "room", clientId: ben }, NOW), "room")
    const itemId = id()
    accepted(2)(await world.post(room, ben, 1, "hello", itemId))
    const again = await world.post(room, ben, 1, "hello", itemId)
    assert.deepEqual(again, { is: "accepted", seq: 2, item: undefined })
    assert.deepEqual(await world.post(room, ben, 0, "old"), { is: "stale", epoch: 1 })
    assert.deepEqual(await world.post(room, ben, 2, "early"), { is: "stale", epoch: 1 })
    assert.deepEqual(await world.post(id(), ben, 1, "nowhere"), { is: "refused", why: "room" })
    const stranger = await world.client(await world.account("Eve"))
    assert.deepEqual(await world.post(room, stranger, 1, "x"), { is: "refused", why: "room" })
    assert.equal(await chat.itemsFor(room, stranger, 0, 10, 1000), undefined)

    const second = await world.client(adas)
    const both = await Promise.all([world.commit(room, ada, 1, [second]), world.commit(room, ben, 1, [stranger])])
    assert.deepEqual(both.map(({ is }) => is).sort(), ["accepted", "stale"])
    accepted(2)(await world.post(room, ben, 1, "hello", itemId)) // whatever epoch it is now
    assert.deepEqual(await world.post(room, ben, 2, "x".repeat(10_001)), { is: "refused", why: "full" })
    accepted(4)(await world.post(room, ben, 2, "last"))
    assert.deepEqual(await texts(chat, room, ada), ["1 commit 0", "2 hello", "3 commit 1", "4 last"])
    assert.deepEqual(await texts(chat, room, ada, 2), ["3 commit 1", "4 last"])
    const few = await chat.itemsFor(room, ada, 0, 512, 10)
    assert.deepEqual([few?.head, few?.items.length], [4, 1])
  })

  contract("nobody sees what was before or after their time in the room", async (world) => {
    const { chat } = world
    const { room, ada, ben } = await pair(world)
    const cy = await world.client(await world.account("Cy"))
    accepted(2)(await world.post(room, ada, 1, "before"))
    accepted(3)(await world.commit(room, ada, 1, [cy]))
    accepted(4)(await world.post(room, ada, 2, "with"))
    accepted(5)(await world.commit(room, ada, 2, [], [cy]))
    accepted(6)(await world.post(room, ada, 3, "after"))
    assert.deepEqual(await texts(chat, room, cy), ["3 commit 1", "4 with", "5 commit 2"])
    const state = await chat.roomState(room)
    const cys = state?.members.find(({ clientId }) => clientId === cy)
    assert.deepEqual([cys?.state, cys?.fromSeq, cys?.untilSeq, cys?.name], ["removed", 3, 5, "Cy"])
    assert.deepEqual(await world.post(room, cy, 3, "x"), { is: "refused", why: "room" })
    assert.deepEqual(await chat.roomsOf(cy, "", 10, NOW), [])
    for (const [added, removed] of [
      [[ben], []],
      [[id()], []],
      [[], [cy]],
      [[], [ada]],
      [[cy, cy], []],
    ]) {
      assert.deepEqual(await world.commit(room, ada, 3, added, removed), { is: "refused", why: "client" })
    }
    accepted(7)(await world.commit(room, ada, 3, [cy]))
    assert.deepEqual(await texts(chat, room, cy), ["7 commit 3"])
    const [item] = (await chat.itemsFor(room, cy, 0, 10, 1000))?.items ?? []
    assert.deepEqual(item.welcome, utf8("welcome 3"))
    // who lost their state waits, and is removed and added in one commit
    assert.deepEqual(await world.one({ op: "rejoin", roomId: room, clientId: ben }), { is: "done" })
    assert.deepEqual(await world.post(room, ben, 4, "x"), { is: "refused", why: "room" })
    accepted(8)(await world.commit(room, ada, 4, [ben], [ben]))
    accepted(9)(await world.post(room, ben, 5, "back"))
    assert.deepEqual(await texts(chat, room, ben), ["8 commit 4", "9 back"])
  })

  contract("items go when everybody has them who may see them, and when their time is over", async (world) => {
    const { chat } = world
    const { room, ada, ben } = await pair(world)
    accepted(2)(await world.post(room, ada, 1, "two"))
    accepted(3)(await world.post(room, ada, 1, "three"))
    const ack = (clientId: string, seq: number) => world.one({ op: "ack", roomId: room, clientId, seq })
    assert.deepEqual(await ack(ada, 3), { is: "acked", before: 0, seq: 3 })
    assert.equal((await texts(chat, room, ada))?.length, 3)
    assert.deepEqual(await ack(ben, 2), { is: "acked", before: 0, seq: 2 })
    assert.deepEqual(await ack(ben, 1), { is: "acked", before: 2, seq: 2 })
    assert.deepEqual(await texts(chat, room, ben), ["3 three"])
    assert.deepEqual(await ack(ben, 99), { is: "acked", before: 2, seq: 3 })
    assert.deepEqual(await texts(chat, room, ben), [])
    assert.equal((await chat.counts()).items, 0)
    accepted(4)(await world.post(room, ada, 1, "four")) // the count continues
    assert.deepEqual(await world.one({ op: "leave", roomId: room, clientId: ben }), { is: "done" })
    accepted(5)(await world.post(room, ada, 1, "five"))
    assert.deepEqual(await texts(chat, room, ben), ["4 four"])

    const itemId = id()
    accepted(6)(await world.post(room, ada, 1, "six", itemId))
    await chat.prune(NOW + 1001, 1000)
    assert.deepEqual(await texts(chat, room, ada), [])
    accepted(6)(await world.post(room, ada, 1, "six", itemId)) // expired, but not forgotten
    accepted(7)(await world.post(room, ada, 1, "x".repeat(5_000))) // and its bytes no longer count
    await chat.prune(NOW + 9000, 1000)
    assert.equal((await chat.counts()).items, 0)
    assert.deepEqual(await world.one({ op: "leave", roomId: room, clientId: ada }), { is: "done" })
    assert.equal(await chat.roomState(room), undefined)
  })

  contract(
    "a new client of an account waits in its rooms; a dropped one and a deleted account are gone",
    async (world) => {
      const { chat, opened } = world
      const { room, ada, ben, adas, bens } = await pair(world)
      const states = async (): Promise<Record<string, string>> => {
        const summary = (await chat.roomsOf(ada, "", 10, NOW)).find(({ roomId }) => roomId === room)
        return Object.fromEntries((summary?.members ?? []).map(({ clientId, state }) => [clientId, state]))
      }
      assert.equal(await opened.isRoomMember(bens, room), true)
      assert.equal(await opened.isRoomMember(id(), room), false)
      const second = await world.client(bens)
      assert.deepEqual(await states(), { [ada]: "in", [ben]: "in", [second]: "waiting" })
      assert.equal(await chat.itemsFor(room, second, 0, 10, 1000), undefined)
      assert.equal((await chat.roomsOf(second, "", 10, NOW)).length, 1)
      const { version = 0 } = (await chat.headsOf([ada]))[0] ?? {}
      await chat.dropClient(bens, ben, NOW)
      assert.equal(await opened.isRoomMember(bens, room), false)
      assert.deepEqual(await states(), { [ada]: "in", [ben]: "gone", [second]: "waiting" })
      assert.ok(((await chat.headsOf([ada]))[0]?.version ?? 0) > version)
      accepted(2)(await world.commit(room, ada, 1, [second], [ben]))
      assert.deepEqual(await states(), { [ada]: "in", [second]: "in" })

      accepted(3)(await world.post(room, ada, 2, "for nobody"))
      const audit = { atMs: NOW, event: "admin", reason: "deleted" }
      assert.equal(await opened.store.deleteAccount(bens, audit), true)
      assert.deepEqual(await states(), { [ada]: "in", [second]: "gone" })
      const gone = (await chat.roomState(room))?.members.find(({ clientId }) => clientId === second)
      assert.deepEqual([gone?.name, gone?.accountId], [undefined, undefined])
      await world.one({ op: "ack", roomId: room, clientId: ada, seq: 3 })
      assert.equal((await chat.counts()).items, 0)
      accepted(4)(await world.commit(room, ada, 2, [], [second]))
      await chat.prune(NOW, 1000)
      assert.equal((await chat.counts()).clients, 1)
      assert.equal(await opened.store.deleteAccount(adas, audit), true)
      assert.deepEqual(await chat.counts(), { rooms: 0, clients: 0, items: 0 })
    },
  )

  contract("quotas: rooms of an account, members of a room, two persons in a direct one", async (world) => {
    const { chat } = world
    const { room, ada, ben } = await pair(world)
    for (let i = 0; i < 3; i++) {
      assert.equal(await chat.createRoom({ roomId: id(), kind: "room", clientId: ada }, NOW), "created")
    }
    assert.equal(await chat.createRoom({ roomId: id(), kind: "room", clientId: ada }, NOW), "full")
    const others: string[] = []
    for (const name of ["Cy", "Di", "Ed", "Fay"]) others.push(await world.client(await world.account(name)))
    assert.deepEqual(await world.commit(room, ada, 1, others), { is: "refused", why: "full" })
    accepted(2)(await world.commit(room, ada, 1, others.slice(0, 3)))
    const direct = id()
    assert.equal(await chat.createRoom({ roomId: direct, kind: "direct", clientId: ben }, NOW), "created")
    assert.deepEqual(await world.commit(direct, ben, 0, others.slice(0, 2)), { is: "refused", why: "client" })
    accepted(1)(await world.commit(direct, ben, 0, others.slice(0, 1)))
  })

  contract("who fills a room keeps nobody else from writing in it, nor from removing them", async (world) => {
    const { room, ada, ben } = await pair(world)
    const third = await world.client(await world.account("Cy"))
    accepted(2)(await world.commit(room, ada, 1, [third]))
    const full = { is: "refused", why: "full" } as const
    // Half of the room's 10,000 bytes are anybody's; from there on a quarter is one account's.
    for (let i = 0; i < 4; i++) accepted(3 + i)(await world.post(room, ben, 2, "x".repeat(1200)))
    assert.deepEqual(await world.post(room, ben, 2, "x".repeat(1200)), full)
    accepted(7)(await world.post(room, ada, 2, "x".repeat(2000)))
    assert.deepEqual(await world.post(room, ada, 2, "x".repeat(1000)), full)
    accepted(8)(await world.post(room, third, 2, "x".repeat(2400)))
    assert.deepEqual(await world.post(room, third, 2, "x".repeat(900)), full)
    // Ada has read everything, the others nothing: only who is removed is not waited for any more.
    await world.one({ op: "ack", roomId: room, clientId: ada, seq: 8 })
    await world.one({ op: "ack", roomId: room, clientId: third, seq: 8 })
    assert.deepEqual(await world.post(room, third, 2, "x".repeat(900)), full)
    accepted(9)(await world.commit(room, ada, 2, [], [ben]))
    accepted(10)(await world.post(room, third, 3, "x".repeat(2000)))
    assert.equal((await world.chat.counts()).items, 2)
  })

  contract("what waits of one account is bounded over all rooms", async (world) => {
    const { ada, adas } = await pair(world)
    const ben = await world.client(await world.account("Cy"))
    const rooms: string[] = []
    for (let i = 0; i < 3; i++) {
      const room = id()
      assert.equal(await world.chat.createRoom({ roomId: room, kind: "room", clientId: ben }, NOW), "created")
      accepted(1)(await world.commit(room, ben, 0, [ada]))
      rooms.push(room)
    }
    assert.ok(adas)
    const own = world.opened.chatStore({ ...quotas, waitingBytesPerAccount: 5_000 }, id())
    const post = async (room: string, clientId: string) =>
      (
        await own.apply([{ op: "post", roomId: room, clientId, epoch: 1, id: id(), bytes: new Uint8Array(2_400) }], NOW)
      )[0]
    const [one = "", two = "", three = ""] = rooms
    accepted(2)(await post(one, ada))
    accepted(2)(await post(two, ada))
    assert.deepEqual(await post(three, ada), { is: "refused", why: "full" })
    accepted(2)(await post(three, ben))
    for (const clientId of [ada, ben]) await own.apply([{ op: "ack", roomId: one, clientId, seq: 2 }], NOW)
    accepted(3)(await post(three, ada))
    // A commit has a quarter of the quota on top, whomever it changes.
    const commit = async (epoch: number) => {
      const sealed = { commit: new Uint8Array(1_200), welcome: new Uint8Array(0), added: [], removed: [] }
      return (await own.apply([{ op: "commit", roomId: two, clientId: ada, epoch, id: id(), ...sealed }], NOW))[0]
    }
    accepted(3)(await commit(1))
    assert.deepEqual(await commit(2), { is: "refused", why: "full" })
  })

  contract("nothing new waits where the disk of a SQLite store is nearly full", async (world) => {
    const { room, ada, ben } = await pair(world)
    const tight = world.opened.chatStore({ ...quotas, minimumFreeBytes: Number.MAX_SAFE_INTEGER }, id())
    const operation = { op: "post", roomId: room, clientId: ada, epoch: 1, id: id(), bytes: utf8("x") } as const
    const [answer] = await tight.apply([operation], NOW)
    if (world.location.startsWith("postgres")) accepted(2)(answer)
    else assert.deepEqual(answer, { is: "refused", why: "full" })
    const out = { op: "commit", roomId: room, clientId: ada, epoch: 1, id: id(), removed: [ben], added: [] } as const
    const [gone] = await tight.apply([{ ...out, commit: utf8("c"), welcome: new Uint8Array() }], NOW)
    assert.equal(gone?.is, "accepted")
  })

  contract("who is online: by several servers, until it expires", async (world) => {
    const adas = await world.account("Ada")
    const one = await world.client(adas)
    const two = await world.client(adas)
    const here = world.chat
    const there = world.opened.chatStore(quotas, id())
    assert.equal(await here.setOnline(one, adas, NOW + 100, NOW), false)
    assert.equal(await here.setOnline(one, adas, NOW + 100, NOW), false)
    assert.equal(await there.setOnline(two, adas, NOW + 100, NOW), true)
    assert.equal(await here.clearOnline(one, adas, NOW), true)
    assert.deepEqual(await here.takeExpired(NOW + 99), [])
    await there.prolongOnline(NOW + 200)
    assert.deepEqual(await here.takeExpired(NOW + 199), [])
    assert.deepEqual(await here.takeExpired(NOW + 200), [adas])
    assert.deepEqual(await there.takeExpired(NOW + 200), [])
    await there.setOnline(two, adas, NOW + 100, NOW)
    assert.equal(await there.clearOnline(two, adas, NOW), false)
  })

  contract("a storm of posts, commits and acks from two servers leaves one log, the same for all", async (world) => {
    const { chat } = world
    const { room, ada, ben } = await pair(world)
    const other = world.opened.chatStore({ ...quotas, waitingBytesPerRoom: 1e6 }, id())
    const mine = world.opened.chatStore({ ...quotas, waitingBytesPerRoom: 1e6 }, id())
    const rng = new Rng("storm")
    const taken = new Map<string, number>()
    await Promise.all(
      [
        { store: mine, clientId: ada },
        { store: other, clientId: ben },
      ].map(async ({ store, clientId }) => {
        let epoch = 1
        let waiting = Array.from({ length: 40 }, id)
        while (waiting.length > 0) {
          const batch: RoomOperation[] = waiting.slice(0, 1 + rng.below(6)).map((itemId) => ({
            op: "post",
            roomId: room,
            clientId,
            epoch,
            id: itemId,
            bytes: utf8(itemId),
          }))
          if (rng.below(4) === 0) {
            const nobody = { welcome: new Uint8Array(0), added: [], removed: [] }
            batch.push({
              op: "commit",
              roomId: room,
              clientId,
              epoch,
              id: id(),
              commit: utf8("turn"),
              ...nobody,
            })
          }
          const outcomes = await store.apply(batch, NOW)
          for (const [i, outcome] of outcomes.entries()) {
            const operation = batch[i]
            if (outcome.is === "stale") epoch = outcome.epoch
            else if (outcome.is === "accepted" && operation.op === "post") taken.set(operation.id, outcome.seq)
            else if (outcome.is === "accepted") epoch++
          }
          waiting = waiting.filter((itemId) => !taken.has(itemId))
        }
      }),
    )
    const log = await chat.itemsAfter(room, 0, 1000)
    assert.deepEqual(
      log.map(({ seq }) => seq),
      log.map((_, i) => i + 1),
    )
    const posted = log.filter(({ kind }) => kind === "message")
    assert.equal(posted.length, 80)
    for (const item of posted) assert.equal(taken.get(item.id), item.seq)
    let epoch = 0
    for (const item of log) {
      assert.equal(item.epoch, epoch)
      if (item.kind === "commit") epoch++
    }
  })

  contract("what one server does another hears of, if they share a database server", async (world) => {
    const heard: ChatNotice[] = []
    let wake: () => void = () => {}
    const there = world.opened.chatStore(quotas, "there")
    const listening = new Promise<void>((resolve) => {
      const stop = there.listen((notice) => {
        heard.push(notice)
        wake()
      }, resolve)
      stops.push(stop)
      if (kind !== "PostgreSQL") resolve() // one server: nothing to hear
    })
    await listening
    const { room, ada, ben } = await pair(world)
    await world.chat.announce(["typing", "x".repeat(3000), "y".repeat(6000)])
    await there.announce(["of its own"])
    if (kind === "PostgreSQL") {
      while (!heard.some(({ texts: said }) => said.some((text) => text.startsWith("y")))) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      assert.deepEqual(heard[0].rooms, [room])
      assert.deepEqual(heard[0].added, [ben])
      assert.deepEqual(
        heard.flatMap(({ texts: said }) => said.map((text) => text.length)),
        [6, 3000, 6000],
      )
    } else assert.deepEqual(heard, [])
    assert.ok(ada)
    for (const stop of stops.splice(0)) await stop()
  })
}

const stops: (() => Promise<void>)[] = []
