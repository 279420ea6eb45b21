import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { type OpenedStore, openStore } from "@sourceprint/serve/store/open-store.js"
import { type AuditEvent, type StoredTemplate, TemplatesPerAccount } from "@sourceprint/serve/store/store.js"

const NOW = 1_800_000_000_000
const AT_ONCE = 300
const hash = (): string => toHex(randomBytes(32))
const id = (): string => toHex(randomBytes(16))
const event: AuditEvent = { atMs: NOW, event: "sign-in", reason: "passed" }
const keys = KeyRing.random()

interface Race {
  readonly stores: readonly OpenedStore[]
  readonly location: string
  /** What `AT_ONCE` calls at the same moment, over both stores in turn, came to, and how often. */
  all<T>(call: (opened: OpenedStore, i: number) => Promise<T>): Promise<Map<T, number>>
  account(name: string, code?: string): Promise<string>
}

async function tally<T>(results: Promise<T>[]): Promise<Map<T, number>> {
  const counts = new Map<T, number>()
  for (const result of await Promise.all(results)) counts.set(result, (counts.get(result) ?? 0) + 1)
  return counts
}

const newAccount = (name: string, codeHash?: string) => ({
  account: { id: id(), name, sealedRecord: utf8("sealed"), createdAtMs: NOW },
  nameKey: name.toLowerCase(),
  templates: [],
  enrolmentHash: hash(),
  codeHash,
  imageDigests: [],
  audit: event,
})

/** Every limit, code, challenge and quota of the stores under hundreds of calls at the same moment, through two opened
 *  stores as two servers would have: exactly as many get through as may. */
export function storeRaces(kind: string, skip: false | string, fresh: () => Promise<string>): void {
  const race = (title: string, body: (race: Race) => Promise<void>): void => {
    test(`${kind}, ${AT_ONCE} at once: ${title}`, { skip }, async () => {
      const location = await fresh()
      const stores = [await openStore(location, keys), await openStore(location, keys)]
      try {
        await body({
          stores,
          location,
          all: (call) => tally(Array.from({ length: AT_ONCE }, (_, i) => call(stores[i % 2], i))),
          async account(name) {
            const made = newAccount(name)
            assert.equal(await stores[0].store.createAccount(made), "created")
            return made.account.id
          },
        })
      } finally {
        for (const { store } of stores) await store.close()
      }
    })
  }

  race("a limit admits what it says, and the owner is told of no longer wait", async ({ stores, all }) => {
    const limits = [
      { key: "pair", free: 5, maxMs: 300_000 },
      { key: "address", free: 100, maxMs: 60_000 },
    ]
    const waits = await all(({ store }) => store.countAttempt(limits, NOW, 3_600_000))
    assert.equal(waits.get(0), 5)
    assert.deepEqual([...waits.keys()].sort(), [0, 1000])
    const counted = await stores[0].store.failures(["pair", "address"])
    assert.deepEqual(
      [...counted.values()].map(({ count }) => count),
      [5, 5],
    )
  })

  race("entries are appended and pruned, none twice, and what is left verifies", async ({ stores, all }) => {
    const pruned = await all(({ store }, i) =>
      i % 3 === 0 ? store.pruneAudit(NOW + 1, event) : store.appendAudit([event]).then(() => 0),
    )
    const gone = [...pruned].reduce((sum, [entries, times]) => sum + entries * times, 0)
    assert.ok(gone > 0)
    const [{ store, auditKey }] = stores
    assert.equal((await store.auditStart())?.seq, gone)
    const verdict = await verifyAudit(store, auditKey)
    assert.equal(verdict.ok && verdict.pruned, gone)
  })

  race("a nonce is used once", async ({ all }) => {
    const nonce = hash()
    assert.equal((await all(({ store }) => store.consumeNonce(nonce, NOW))).get(true), 1)
  })

  race("an enrolment code makes one account", async ({ stores, all }) => {
    const code = hash()
    await stores[0].store.addCode(code, NOW + 1000)
    const made = await all(({ store }, i) => store.createAccount(newAccount(`person-${i}`, code)))
    assert.deepEqual([made.get("created"), made.get("code")], [1, AT_ONCE - 1])
  })

  race("a name is one account's", async ({ all }) => {
    assert.equal((await all(({ store }) => store.createAccount(newAccount("Ada")))).get("created"), 1)
  })

  race("an image lets in once, and so does a recovery code", async ({ stores, all, account }) => {
    const accountId = await account("Ada")
    const session = () => ({
      tokenHash: hash(),
      accountId,
      deviceId: undefined,
      factors: ["password"],
      createdAtMs: NOW,
      expiresAtMs: NOW + 1000,
    })
    const image = hash()
    const byImage = await all(({ store }) =>
      store.acceptSignIn({ session: session(), imageDigests: [image], audit: event }),
    )
    assert.equal(byImage.get("accepted"), 1)
    const recoveryHash = hash()
    await stores[0].store.replaceRecoveryCodes(accountId, [recoveryHash, hash()], event)
    const byCode = await all(({ store }) =>
      store.acceptSignIn({ session: session(), imageDigests: [], recoveryHash, audit: event }),
    )
    assert.equal(byCode.get("accepted"), 1)
    assert.equal(await stores[0].store.recoveryCodesLeft(accountId), 1)
  })

  race("an account holds no more passkeys than it may", async ({ all, account }) => {
    const accountId = await account("Ada")
    const template = (): StoredTemplate => ({
      id: hash(),
      accountId,
      finger: "key",
      modality: "passkey",
      matcherId: "m",
      sealed: utf8("x"),
      createdAtMs: NOW,
    })
    const added = await all(({ store }) => store.addTemplates([template()], [], event))
    assert.equal(added.get("added"), TemplatesPerAccount.passkey)
  })

  race("chat: clients, rooms, key packages", async ({ stores, all, account }) => {
    const quotas = {
      clientsPerAccount: 7,
      roomsPerAccount: 9,
      membersPerRoom: 5,
      waitingBytesPerRoom: 1000,
      waitingBytesPerAccount: 1e8,
      minimumFreeBytes: 0,
      keyPackagesPerClient: 11,
    }
    const accountId = await account("Ada")
    const chats = stores.map((opened) => opened.chatStore(quotas, id()))
    const certificate = utf8("certificate")
    const registered = await all((_, i) =>
      chats[i % 2]
        .registerClient({ clientId: id(), accountId, signatureKey: id(), certificate }, NOW)
        .then((made) => (typeof made === "string" ? made : "made")),
    )
    assert.deepEqual([registered.get("made"), registered.get("full")], [7, AT_ONCE - 7])
    const other = await account("Bob")
    const clientId = id()
    await chats[0].registerClient({ clientId, accountId: other, signatureKey: id(), certificate }, NOW)
    const rooms = await all((_, i) => chats[i % 2].createRoom({ roomId: id(), kind: "room", clientId }, NOW))
    assert.deepEqual([rooms.get("created"), rooms.get("full")], [9, AT_ONCE - 9])
    await all((_, i) => chats[i % 2].putKeyPackages(clientId, [utf8(`p${i}`)], undefined))
    const claimed = await all((_, i) => chats[i % 2].claimKeyPackages("bob", []).then((found) => found?.length))
    assert.equal(claimed.get(1), 11)
    const roomId = id()
    const mine = id()
    const third = await account("Eve")
    await chats[0].registerClient({ clientId: mine, accountId: third, signatureKey: id(), certificate }, NOW)
    await chats[0].createRoom({ roomId, kind: "room", clientId: mine }, NOW)
    const posts = await all((_, i) =>
      chats[i % 2]
        .apply([{ op: "post", roomId, clientId: mine, epoch: 0, id: id(), bytes: new Uint8Array(100) }], NOW)
        .then(([outcome]) => outcome.is),
    )
    assert.equal(posts.get("accepted"), 5) // of one account: half of the room
  })

  race("files: an account's quota of files and of bytes", async ({ location }) => {
    const beside = location.startsWith("postgres") ? location : `${location}-files`
    const files = [await openFileStore(beside), await openFileStore(beside)]
    try {
      const quota = { bytesPerAccount: 1000, filesPerAccount: 8, totalBytes: 1e6, minimumFreeBytes: 0 }
      const file = (ownerId: string, sealedBytes: number) => ({
        id: id(),
        roomId: id(),
        ownerId,
        chunks: 1,
        sealedBytes,
        createdAtMs: NOW,
        expiresAtMs: NOW + 1000,
      })
      const begin = (ownerId: string, bytes: number) =>
        tally(Array.from({ length: AT_ONCE }, (_, i) => files[i % 2].begin(file(ownerId, bytes), quota)))
      assert.equal((await begin("ada", 1)).get("begun"), 8)
      assert.equal((await begin("bob", 300)).get("begun"), 3)
    } finally {
      for (const store of files) await store.close()
    }
  })
}
