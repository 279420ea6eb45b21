import assert from "node:assert/strict"
import { randomBytes, randomUUID } from "node:crypto"
import { test } from "node:test"
import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { type OpenedStore, openStore } from "@sourceprint/serve/store/open-store.js"
import { rotateKeys } from "@sourceprint/serve/store/rotate-keys.js"
import type { AuditEvent, NewAccount, StoredSession } from "@sourceprint/serve/store/store.js"
import { type KeptImage, keptImages } from "@sourceprint/serve/store/study/study-store.js"

const NOW = 1_800_000_000_000
const hash = (): string => toHex(randomBytes(32))
const audit = (reason: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  atMs: NOW,
  event: "sign-in",
  reason,
  ...more,
})

const keys = KeyRing.random()

function newAccount(name: string, more: Partial<NewAccount> = {}): NewAccount {
  const id = randomUUID()
  return {
    account: {
      id,
      name,
      sealedRecord: keys.seal(utf8(`record of ${name}`), `account/${id}`),
      createdAtMs: NOW,
    },
    nameKey: name.toLowerCase(),
    templates: ["right-index", "left-index"].map((finger) => {
      const template = `${id}-${finger}`
      const sealed = keys.seal(utf8(`ridge of ${name}`), `template/${template}`)
      return {
        id: template,
        accountId: id,
        finger,
        modality: "finger",
        matcherId: "m",
        sealed,
        createdAtMs: NOW,
      }
    }),
    enrolmentHash: hash(),
    codeHash: undefined,
    imageDigests: [hash()],
    audit: audit("passed", { event: "enrolment", accountId: id }),
    ...more,
  }
}

const sealedImages = new Map<string, Uint8Array>()

function keptImage(id: string, accountId: string): KeptImage {
  const sealed = sealedImages.get(id) ?? keys.seal(utf8(`image ${id}`), `study/${id}`)
  sealedImages.set(id, sealed)
  return { id, accountId, deviceId: "door", scannerId: "unit-7", outcome: "passed", atMs: NOW, sealed }
}

const session = (accountId: string, deviceId?: string): StoredSession => ({
  tokenHash: hash(),
  accountId,
  deviceId,
  factors: ["password", "finger"],
  createdAtMs: NOW,
  expiresAtMs: NOW + 1000,
})

/** Every store keeps this. `fresh` gives the address of an empty database. */
export function storeContract(
  kind: string,
  skip: false | string,
  fresh: () => Promise<string>,
  open: typeof openStore = openStore,
): void {
  const contract = (title: string, body: (opened: OpenedStore, location: string) => Promise<void>): void => {
    test(`${kind}: ${title}`, { skip }, async () => {
      const location = await fresh()
      const opened = await open(location, keys)
      try {
        await body(opened, location)
      } finally {
        await opened.store.close()
      }
    })
  }

  contract("an account is created whole or not at all", async ({ store }) => {
    const ada = newAccount("Ada")
    assert.equal(await store.createAccount(ada), "created")
    const found = await store.accountByName("ada")
    assert.deepEqual(found, { ...ada.account, operator: false, disabled: false })
    assert.deepEqual((await store.templates(ada.account.id)).map((t) => t.finger).sort(), ["left-index", "right-index"])
    assert.equal((await store.accountByEnrolment(ada.enrolmentHash))?.id, ada.account.id)

    const again = newAccount("ADA", { nameKey: "ada" })
    assert.equal(await store.createAccount(again), "name")
    assert.deepEqual(await store.templates(again.account.id), [])

    const copied = newAccount("Eve", { imageDigests: [hash(), ...ada.imageDigests] })
    assert.equal(await store.createAccount(copied), "replay")
    assert.equal(await store.accountByName("eve"), undefined)
    assert.equal(await store.imageSeen(copied.imageDigests[0]), false)
    assert.equal((await store.auditAfter(0, 10)).length, 1)
  })

  contract("a recovery code is used up by the sign-in that it opens, and goes with the account", async ({ store }) => {
    const [ada, bob] = [newAccount("Ada"), newAccount("Bob")]
    for (const account of [ada, bob]) await store.createAccount(account)
    const { id } = ada.account
    const [first, second, third] = [hash(), hash(), hash()]
    await store.replaceRecoveryCodes(id, [first, second], audit("recovery-codes"))
    const open = (accountId: string, recoveryHash: string) =>
      store.acceptSignIn({
        session: session(accountId),
        imageDigests: [],
        recoveryHash,
        audit: audit("passed"),
      })
    assert.equal(await open(bob.account.id, first), "recovery")
    const both = await Promise.all([open(id, first), open(id, first)])
    assert.deepEqual(both.sort(), ["accepted", "recovery"])
    assert.equal(await store.recoveryCodesLeft(id), 1)
    await store.replaceRecoveryCodes(id, [third], audit("recovery-codes"))
    assert.equal(await open(id, second), "recovery")
    assert.equal((await store.sessions(id, NOW)).length, 1)
    await store.deleteAccount(id, audit("deleted"))
    assert.equal(await store.recoveryCodesLeft(id), 0)
  })

  contract("one template is removed, by its own account alone", async ({ store }) => {
    const [ada, bob] = [newAccount("Ada"), newAccount("Bob")]
    for (const account of [ada, bob]) await store.createAccount(account)
    const [gone, stays] = ada.templates
    assert.equal(await store.removeTemplate(bob.account.id, gone.id, audit("x")), false)
    assert.equal(await store.removeTemplate(ada.account.id, gone.id, audit("x")), true)
    assert.deepEqual(
      (await store.templates(ada.account.id)).map((t) => t.id),
      [stays.id],
    )
  })

  contract("an enrolment code works once and in time", async ({ store }) => {
    const codeHash = hash()
    await store.addCode(codeHash, NOW + 1)
    assert.equal(await store.codeUsable(codeHash, NOW), true)
    assert.equal(await store.createAccount(newAccount("a", { codeHash: hash() })), "code")
    assert.equal(await store.createAccount(newAccount("a", { codeHash })), "created")
    assert.equal(await store.codeUsable(codeHash, NOW), false)
    assert.equal(await store.createAccount(newAccount("b", { codeHash })), "code")
    const late = hash()
    await store.addCode(late, NOW)
    assert.equal(await store.createAccount(newAccount("b", { codeHash: late })), "code")
  })

  contract("of two at once, one wins: names, nonces, images, secrets", async ({ store }, location) => {
    const other = await openStore(location, keys)
    try {
      const both = [store, other.store]
      const created = await Promise.all(both.map((s) => s.createAccount(newAccount("Twin"))))
      assert.deepEqual(created.sort(), ["created", "name"])
      for (let i = 0; i < 10; i++) {
        const nonce = hash()
        const used = await Promise.all([...both, ...both].map((s) => s.consumeNonce(nonce, NOW)))
        assert.equal(used.filter(Boolean).length, 1)
      }
      const id = (await store.accountByName("twin"))?.id ?? ""
      const imageDigest = hash()
      const accepted = await Promise.all(
        both.map((s) => s.acceptSignIn({ session: session(id), imageDigests: [imageDigest], audit: audit("passed") })),
      )
      assert.deepEqual(accepted.sort(), ["accepted", "replay"])
      const [one, two] = await Promise.all(both.map((s) => s.secret("x", keys.seal(randomBytes(8), "secret/x"))))
      assert.deepEqual(one, two)
      assert.equal((await verifyAudit(store, other.auditKey)).ok, true)
    } finally {
      await other.store.close()
    }
  })

  contract("nonces, sessions and the audit log survive the server", async ({ store, auditKey }, location) => {
    const ada = newAccount("Ada")
    await store.createAccount(ada)
    const nonce = hash()
    assert.equal(await store.consumeNonce(nonce, NOW), true)
    const signedIn = session(ada.account.id, "kiosk")
    const imageDigest = hash()
    await store.acceptSignIn({ session: signedIn, imageDigests: [imageDigest], audit: audit("passed") })
    const again = await openStore(location, keys)
    try {
      assert.equal(await again.store.consumeNonce(nonce, NOW), false)
      assert.equal(await again.store.imageSeen(imageDigest), true)
      assert.deepEqual(await again.store.session(signedIn.tokenHash, NOW), signedIn)
      assert.equal(await again.store.session(signedIn.tokenHash, NOW + 1000), undefined)
      assert.equal(await again.store.isFamiliar(ada.account.id, "kiosk"), true)
      assert.equal(await again.store.isFamiliar(ada.account.id, "other"), false)
      assert.deepEqual(again.auditKey, auditKey)
      assert.deepEqual(
        (await again.store.auditAfter(0, 10)).map(({ seq, reason }) => [seq, reason]),
        [
          [1, "passed"],
          [2, "passed"],
        ],
      )
    } finally {
      await again.store.close()
    }
  })

  contract("old entries of the audit log are pruned, and the rest verifies", async ({ store, auditKey }) => {
    const prune = (beforeMs: number) => store.pruneAudit(beforeMs, audit("audit-pruned", { event: "server" }))
    assert.equal(await prune(NOW), 0)
    // The fourth was written while the clock was set back: what stands before a young entry stays with it.
    for (const age of [3, 2, 0, 3]) await store.appendAudit([audit("passed", { atMs: NOW - age })])
    const heads = await store.auditAfter(0, 10)
    const checkpoints = heads.slice(0, 3)
    assert.equal(await prune(NOW - 3), 0)
    assert.equal(await store.auditStart(), undefined)
    assert.equal(await prune(NOW - 1), 2)
    assert.equal(await prune(NOW - 1), 0)
    const left = await store.auditAfter(0, 10)
    assert.deepEqual(
      left.map(({ seq, reason, detail }) => [seq, reason, detail]),
      [
        [3, "passed", undefined],
        [4, "passed", undefined],
        [5, "audit-pruned", { through: 2, digest: heads[1].hash }],
      ],
    )
    const head = left[2].hash
    for (const noted of [undefined, heads[1].hash, heads[3].hash]) {
      assert.deepEqual(await verifyAudit(store, auditKey, noted, checkpoints), {
        ok: true,
        entries: 3,
        pruned: 2,
        head,
      })
    }
    const before = await verifyAudit(store, auditKey, heads[0].hash)
    assert.match(before.ok ? "" : before.fault, /noted before entry 2, up to which it was pruned/)
    const other = await verifyAudit(store, auditKey, undefined, [{ seq: 2, hash: heads[0].hash }])
    assert.match(other.ok ? "" : other.fault, /the log was replaced/)
    await store.appendAudit([audit("passed")])
    assert.equal(await prune(NOW + 1), 4)
    assert.equal((await store.auditStart())?.seq, 6)
    assert.equal((await verifyAudit(store, auditKey)).ok, true)
  })

  contract("a deleted person is gone, a disabled one signed out", async ({ store }) => {
    const ada = newAccount("Ada")
    await store.createAccount(ada)
    const first = session(ada.account.id)
    await store.acceptSignIn({ session: first, imageDigests: [], audit: audit("passed") })
    assert.equal(await store.updateAccount(ada.account.id, { disabled: true }, audit("disabled")), true)
    assert.equal((await store.account(ada.account.id))?.disabled, true)
    assert.equal(await store.session(first.tokenHash, NOW), undefined)
    assert.equal(await store.updateAccount(ada.account.id, { disabled: false, operator: true }, audit("enabled")), true)
    const second = session(ada.account.id)
    await store.acceptSignIn({ session: second, imageDigests: [], audit: audit("passed") })
    assert.equal(await store.deleteAccount(ada.account.id, audit("deleted")), true)
    assert.equal(await store.deleteAccount(ada.account.id, audit("deleted")), false)
    assert.equal(await store.account(ada.account.id), undefined)
    assert.deepEqual(await store.templates(ada.account.id), [])
    assert.equal(await store.session(second.tokenHash, NOW), undefined)
  })

  contract(
    "a password record is replaced where it is still the one that was read; of sessions one may stay",
    async ({ store }) => {
      const ada = newAccount("Ada")
      await store.createAccount(ada)
      const bob = newAccount("Bob")
      await store.createAccount(bob)
      const [mine, other] = [session(ada.account.id), session(ada.account.id)]
      const bobs = session(bob.account.id)
      for (const one of [mine, other, bobs]) {
        await store.acceptSignIn({ session: one, imageDigests: [], audit: audit("passed") })
      }
      const { id, sealedRecord } = ada.account
      const [second, third] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)]
      assert.equal(await store.changePassword(id, second, third, undefined, audit("password-changed")), false)
      assert.equal(await store.changePassword(id, sealedRecord, second, undefined, audit("password-changed")), true)
      assert.equal(await store.changePassword(id, sealedRecord, third, undefined, audit("password-changed")), false)
      assert.deepEqual((await store.account(id))?.sealedRecord, second)
      assert.equal((await store.sessions(id, NOW)).length, 2)
      assert.equal(await store.changePassword(id, second, third, mine.tokenHash, audit("password-changed")), true)
      assert.deepEqual(
        (await store.sessions(id, NOW)).map(({ tokenHash }) => tokenHash),
        [mine.tokenHash],
      )
      assert.equal((await store.sessions(bob.account.id, NOW)).length, 1)
    },
  )

  contract("a device is added once and revoked for good", async ({ store }) => {
    const kiosk = { id: "kiosk", scannerId: "r307-1", publicKey: hash(), createdAtMs: NOW }
    assert.equal(await store.addDevice(kiosk, audit("added")), true)
    assert.equal(await store.addDevice({ ...kiosk, scannerId: "r307-2" }, audit("added")), false)
    assert.deepEqual(await store.device("kiosk"), { ...kiosk, revokedAtMs: undefined })
    assert.equal(await store.revokeDevice("kiosk", audit("revoked")), true)
    assert.equal(await store.revokeDevice("kiosk", audit("revoked")), false)
    assert.equal((await store.devices())[0].revokedAtMs, NOW)
    assert.equal(await store.device("none"), undefined)
  })

  contract("failures count up, are forgotten and cleared", async ({ store }) => {
    await store.addFailure(["a", "b"], NOW, 100)
    await store.addFailure(["a"], NOW + 50, 100)
    assert.deepEqual((await store.failures(["a", "b", "c"])).get("a"), { count: 2, lastMs: NOW + 50 })
    await store.addFailure(["a"], NOW + 1000, 100)
    assert.equal((await store.failures(["a"])).get("a")?.count, 1)
    await store.addFailure(["a"], NOW + 1001, 100)
    await store.forgiveFailure(["a", "none"])
    assert.equal((await store.failures(["a"])).get("a")?.count, 1)
    await store.clearFailures(["a"])
    assert.deepEqual([...(await store.failures(["a", "b"])).keys()], ["b"])
    await store.prune(NOW + 100)
    assert.equal((await store.failures(["b"])).size, 0)
  })

  contract(
    "an attempt waits or is counted, and a clock that was set back makes nobody wait longer",
    async ({ store }) => {
      const limits = [{ key: "a", free: 2, maxMs: 60_000 }]
      const attempt = (nowMs: number) => store.countAttempt(limits, nowMs, 100_000)
      assert.deepEqual([await attempt(NOW), await attempt(NOW), await attempt(NOW)], [0, 0, 1000])
      assert.equal(await attempt(NOW + 999), 1)
      assert.equal(await attempt(NOW + 1000), 0)
      assert.equal(await attempt(NOW + 1000), 2000)
      const early = NOW - 6 * 3_600_000
      assert.equal(await attempt(early), 2000)
      assert.equal(await attempt(early + 2000), 0) // and not six hours later
      assert.equal(await attempt(early + 200_000), 0) // forgotten
      assert.deepEqual((await store.failures(["a"])).get("a"), { count: 1, lastMs: early + 200_000 })
      assert.equal(await store.countAttempt([], NOW, 1), 0)
    },
  )

  contract("images of a study are paged, deleted, and gone with their account", async ({ store, study }) => {
    const [ada, bob] = [newAccount("Ada"), newAccount("Bob")]
    await store.createAccount(ada)
    await store.createAccount(bob)
    const keep = (id: string, accountId: string) => study.keep(keptImage(id, accountId))
    for (let i = 0; i < 60; i++) await keep(`a${String(i).padStart(2, "0")}`, ada.account.id)
    await keep("b", bob.account.id)
    await keep("nobody", "gone") // deleted while the capture was judged
    const found: string[] = []
    for await (const image of keptImages(study)) {
      found.push(image.id)
      assert.deepEqual(image, keptImage(image.id, image.accountId))
    }
    assert.equal(found.length, 61)
    assert.deepEqual(found, [...found].sort())
    await store.deleteAccount(ada.account.id, audit("account-deleted"))
    assert.deepEqual(
      (await study.after("", 10)).map(({ id }) => id),
      ["b"],
    )
    assert.equal(await study.delete(ada.account.id), 0)
    assert.equal(await study.delete(), 1)
    assert.deepEqual(await study.after("", 10), [])
  })

  contract("rotation seals everything again and the old key may go", async (opened, location) => {
    const { store, study } = opened
    const ada = newAccount("Ada")
    await store.createAccount(ada)
    await study.keep(keptImage("k", ada.account.id))
    const rotated = keys.withNewKey()
    assert.equal(await rotateKeys(opened, rotated), 5) // record, two templates, an image, the audit key
    assert.equal(await rotateKeys(opened, rotated), 0)
    const fresh = await openStore(location, rotated.withoutOldKeys())
    try {
      const [template] = await fresh.store.templates(ada.account.id)
      const unsealed = rotated.withoutOldKeys().open(template.sealed, `template/${template.id}`)
      assert.deepEqual(unsealed, utf8("ridge of Ada"))
      const [image] = await fresh.study.after("", 1)
      assert.deepEqual(rotated.withoutOldKeys().open(image.sealed, "study/k"), utf8("image k"))
      assert.throws(() => keys.open(template.sealed, `template/${template.id}`), /not in the key file/)
      assert.throws(() => rotated.open(template.sealed, "template/other"), /does not open/)
    } finally {
      await fresh.store.close()
    }
  })
}
