import assert from "node:assert/strict"
import { copyFile, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { verifyAudit } from "@sourceprint/serve/store/audit-chain.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openServerStore } from "@sourceprint/serve/store/open-server-store.js"
import { type OpenedStore, openStore } from "@sourceprint/serve/store/open-store.js"
import { StoreThread } from "@sourceprint/serve/store/store-thread.js"
import Database from "libsql"
import { chatStoreContract } from "../../contract/chat-store-contract.js"
import { storeContract } from "../../contract/store-contract.js"

const keys = KeyRing.random()
const freshFile = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "server-store-")), "s.db")

storeContract("SQLite on its own thread", false, freshFile, openServerStore)
chatStoreContract("SQLite on its own thread", false, freshFile, openServerStore)

const entry = (reason: string) => ({ atMs: 1, event: "server", reason })
const reasons = async ({ store }: OpenedStore): Promise<string[]> =>
  (await store.auditAfter(0, 100)).map(({ reason }) => reason)

async function withServerStore(work: (opened: OpenedStore, file: string) => Promise<void>): Promise<void> {
  const file = await freshFile()
  const opened = await openServerStore(file, keys)
  try {
    await opened.store.appendAudit([entry("first")])
    await work(opened, file)
  } finally {
    await opened.store.close()
  }
}

/** What was acknowledged is in the file: read by whoever opens it next. */
async function reopened(file: string): Promise<string[]> {
  const again = await openStore(file, keys)
  try {
    assert.equal((await verifyAudit(again.store, again.auditKey)).ok, true)
    return await reasons(again)
  } finally {
    await again.store.close()
  }
}

test("a file that another process has locked is refused as busy, and serves again when it is free", () =>
  withServerStore(async ({ store }, file) => {
    const other = new Database(file)
    other.exec("begin immediate")
    try {
      const refused = await Promise.allSettled([store.probe(1), store.appendAudit([entry("a")]), store.probe(2)])
      for (const outcome of refused) assert.ok(outcome.status === "rejected" && hasCode(outcome.reason, "store/busy"))
    } finally {
      other.exec("rollback")
      other.close()
    }
    await store.probe(3)
    await store.appendAudit([entry("b")])
    assert.deepEqual(await reopened(file), ["first", "b"])
  }))

test("a second server on the file is refused with the owner's name, a command beside it is not", () =>
  withServerStore(async (_, file) => {
    await assert.rejects(openServerStore(file, keys), (error) => {
      assert.ok(hasCode(error, "store/owned"), String(error))
      assert.match(error.message, new RegExp(`process ${process.pid} on `))
      return true
    })
    const beside = await openStore(file, keys)
    await beside.store.appendAudit([entry("beside")])
    await beside.store.close()
  }).then(async () => {
    const file = await freshFile()
    for (let i = 0; i < 2; i++) await (await openServerStore(file, keys)).store.close() // let go at the end
  }))

test("a file that is deleted beneath the server is written back", () =>
  withServerStore(async (opened, file) => {
    for (const end of ["", "-wal", "-shm"]) await rm(file + end, { force: true })
    await opened.store.appendAudit([entry("second")])
    assert.deepEqual(await reopened(file), ["first", "second"])
    await rm(`${file}-wal`)
    await opened.store.appendAudit([entry("third")])
    assert.deepEqual(await reopened(file), ["first", "second", "third"])
    await rm(file)
    await opened.store.close()
    assert.deepEqual(await reopened(file), ["first", "second", "third"])
  }))

test("a file that is put in its place is kept beside it", () =>
  withServerStore(async ({ store }, file) => {
    const copy = `${file}.backup`
    await copyFile(file, copy)
    await store.appendAudit([entry("second")])
    await rename(copy, file)
    await store.appendAudit([entry("third")])
    assert.deepEqual(await reopened(file), ["first", "second", "third"])
    assert.ok((await readdir(join(file, ".."))).some((name) => name.startsWith("s.db.replaced-")))
  }))

test("database, log and lock can be read by their owner alone", { skip: process.platform === "win32" }, () =>
  withServerStore(async (_, file) => {
    for (const end of ["", "-wal", "-shm", ".lock", ".owner"]) {
      assert.equal((await stat(file + end)).mode & 0o077, 0, end)
    }
  }),
)

test("a thread that ends is started again by the next call", async () => {
  const script = new URL("../../support/mortal-store.js", import.meta.url)
  const { thread, opened } = await StoreThread.open<string>(script, "data")
  assert.equal(opened, "data")
  const part = thread.part<{ echo(text: string): Promise<string>; die(): Promise<void> }>("any")
  assert.equal(await part.echo("a"), "a")
  await assert.rejects(part.die(), (error) => hasCode(error, "store/lost"))
  assert.deepEqual(await Promise.all([part.echo("b"), part.echo("c")]), ["b", "c"])
  await thread.close("any")
  await assert.rejects(part.echo("d"), (error) => hasCode(error, "store/lost"))
})
