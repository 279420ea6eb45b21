import assert from "node:assert/strict"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { Rng } from "@sourceprint/core/rng.js"
import type { MemberState, RoomOperation } from "@sourceprint/serve/store/chat/chat-store.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { newId, relayQuotas } from "../../support/relay-context.js"

interface ModelMember {
  state: MemberState
  from: number
  until: number
  acked: number
  /** It asked to rejoin, since its state is lost: nothing is kept for it until it is added again. */
  lost?: boolean
}

/** The rules of docs/protocol.md for one room, written down once more, as plainly as they read. Nothing is ever
 *  deleted. */
class SlowRoom {
  epoch = 0
  readonly log: { readonly id: string; readonly sender: string }[] = []
  readonly members = new Map<string, ModelMember>()

  constructor(creator: string) {
    this.members.set(creator, { state: "in", from: 1, until: Number.POSITIVE_INFINITY, acked: 0 })
  }

  private hasLeaf(client: string): boolean {
    const member = this.members.get(client)
    return member !== undefined && member.state !== "removed"
  }

  /** In words: "accepted 3", "stale 1", "refused room", "acked 2", "done". */
  apply(operation: RoomOperation): string {
    const { clientId } = operation
    const member = this.members.get(clientId)
    if (operation.op === "ack") {
      if (member === undefined) return "refused room"
      member.acked = Math.max(member.acked, Math.min(operation.seq, member.until, this.log.length))
      return `acked ${member.acked}`
    }
    if (operation.op === "leave" || operation.op === "rejoin") {
      if (member === undefined || member.state === "removed") return "refused room"
      if (operation.op === "rejoin" && member.state === "gone") return "refused room"
      member.state = operation.op === "leave" ? "gone" : "waiting"
      member.until = Math.min(member.until, this.log.length)
      if (operation.op === "rejoin") member.lost = true
      return "done"
    }
    if (member?.state !== "in") return "refused room"
    const before = this.log.findIndex(({ id, sender }) => id === operation.id && sender === clientId)
    if (before >= 0) return `accepted ${before + 1}`
    if (operation.epoch !== this.epoch) return `stale ${this.epoch}`
    if (operation.op === "commit") {
      const { added, removed } = operation
      if (removed.includes(clientId) || removed.some((client) => !this.hasLeaf(client))) return "refused client"
      if (added.some((client) => this.hasLeaf(client) && !removed.includes(client))) return "refused client"
      this.epoch++
      const seq = this.log.length + 1
      for (const client of removed) {
        const leaving = this.members.get(client)
        if (leaving !== undefined) Object.assign(leaving, { state: "removed", until: Math.min(leaving.until, seq) })
      }
      for (const client of added) {
        this.members.set(client, { state: "in", from: seq, until: Number.POSITIVE_INFINITY, acked: seq - 1 })
      }
    }
    this.log.push({ id: operation.id, sender: clientId })
    return `accepted ${this.log.length}`
  }

  /** What the client may see and has not acknowledged. */
  unread(client: string): string[] {
    const { from = 1, until = 0, acked = 0 } = this.members.get(client) ?? {}
    return this.log.flatMap(({ id }, i) => (i + 1 >= from && i + 1 <= until && i + 1 > acked ? [`${i + 1} ${id}`] : []))
  }

  get deserted(): boolean {
    return [...this.members.values()].every(({ state }) => state !== "in")
  }
}

function anyOperation(
  rng: Rng,
  roomId: string,
  clients: readonly string[],
  model: SlowRoom,
  ids: string[],
): RoomOperation {
  const clientId = clients[rng.below(clients.length)]
  const epoch = rng.below(4) === 0 ? Math.max(0, model.epoch - 1) : model.epoch
  const id = ids.length > 0 && rng.below(8) === 0 ? ids[rng.below(ids.length)] : newId()
  ids.push(id)
  const some = (): string[] => (rng.below(2) === 0 ? [] : clients.filter(() => rng.below(4) === 0))
  switch (rng.below(10)) {
    case 0:
    case 1:
    case 2: {
      const commit = { commit: utf8("commit"), welcome: utf8("welcome") }
      return { op: "commit", roomId, clientId, epoch, id, ...commit, added: some(), removed: some() }
    }
    case 3:
    case 4:
    case 5:
      return { op: "ack", roomId, clientId, seq: rng.below(model.log.length + 2) }
    case 6:
      return rng.below(3) > 0
        ? { op: "rejoin", roomId, clientId }
        : { op: rng.below(3) > 0 ? "rejoin" : "leave", roomId, clientId }
    default:
      return { op: "post", roomId, clientId, epoch, id, bytes: utf8("message") }
  }
}

test("random operations have the outcomes of the plain rules, and leave what is still to be read", async () => {
  const location = join(await mkdtemp(join(tmpdir(), "chat-model-")), "s.db")
  const { store, chatStore } = await openStore(location, KeyRing.random())
  const chat = chatStore({ ...relayQuotas, clientsPerAccount: 99, roomsPerAccount: 999 }, newId())
  try {
    const clients: string[] = []
    for (const name of ["Ada", "Ben", "Cy", "Di"]) {
      const account = { id: newId(), name, sealedRecord: utf8("sealed"), createdAtMs: 0 }
      const plain = { nameKey: name.toLowerCase(), templates: [], codeHash: undefined, imageDigests: [] }
      const audit = { atMs: 0, event: "enrolment", reason: "passed" }
      await store.createAccount({ account, ...plain, enrolmentHash: newId(), audit })
      const clientId = newId()
      const client = { clientId, accountId: account.id, signatureKey: newId(), certificate: utf8(name) }
      await chat.registerClient(client, 0)
      clients.push(clientId)
    }
    const seen = new Set<string>()
    for (let seed = 0; seed < 16; seed++) {
      const rng = new Rng(`chat model ${seed}`)
      const roomId = newId()
      const model = new SlowRoom(clients[0])
      await chat.createRoom({ roomId, kind: "room", clientId: clients[0] }, 0)
      const ids: string[] = []
      for (let step = 0; step < 60 && !model.deserted; step++) {
        const operation = anyOperation(rng, roomId, clients, model, ids)
        const [outcome] = await chat.apply([operation], 0)
        const words =
          outcome.is === "accepted" || outcome.is === "acked"
            ? `${outcome.is} ${outcome.seq}`
            : outcome.is === "stale"
              ? `stale ${outcome.epoch}`
              : outcome.is === "refused"
                ? `refused ${outcome.why}`
                : outcome.is
        const where = `seed ${seed}, step ${step}, ${operation.op}`
        assert.equal(words, model.apply(operation), where)
        seen.add(`${operation.op} ${words.replace(/ \d+/, "")}`)
        if (model.deserted) break // the store forgets the room
        for (const client of clients) {
          if (model.members.get(client)?.lost) continue
          const acked = model.members.get(client)?.acked ?? 0
          const found = await chat.itemsFor(roomId, client, acked, 512, 1e6)
          assert.deepEqual(
            (found?.items ?? []).map(({ seq, id }) => `${seq} ${id}`),
            model.unread(client),
            where,
          )
        }
        const state = await chat.roomState(roomId)
        const states = (state?.members ?? []).map((member) => [member.clientId, member.state])
        const wanted = [...model.members].map(([client, member]) => [client, member.state])
        assert.deepEqual(Object.fromEntries(states), Object.fromEntries(wanted), where)
        assert.equal(state?.head, model.log.length, where)
      }
    }
    // The walk was wide enough to mean something.
    const kinds = ["post accepted", "post stale", "post refused room", "commit accepted", "commit stale"]
    for (const kind of [...kinds, "commit refused client", "ack acked", "rejoin done", "leave done"]) {
      assert.ok(seen.has(kind), `no "${kind}" in ${[...seen].join(", ")}`)
    }
  } finally {
    await store.close()
  }
})
