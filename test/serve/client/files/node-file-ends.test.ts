import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { appendFile, mkdtemp, readdir, readFile, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { NodeFileSink } from "@sourceprint/serve/client/files/node-file-sink.js"
import { NodeFileSource } from "@sourceprint/serve/client/files/node-file-source.js"
import { mountSmallDisk, unmount, withoutSmallDisk } from "../../../support/small-disk.js"

const folderOf = (): Promise<string> => mkdtemp(join(tmpdir(), "file-ends-"))
const named = (name: string, fill = 1) => ({ name, fileId: new Uint8Array(16).fill(fill) })

test("a source reads ranges, and says when the file is no longer what it was", async () => {
  const path = join(await folderOf(), "a.bin")
  const bytes = randomBytes(1000)
  await writeFile(path, bytes)
  const source = await NodeFileSource.open(path, "x/y")
  assert.deepEqual([source.name, source.type, source.sizeBytes], ["a.bin", "x/y", 1000])
  assert.deepEqual(Buffer.from(await source.read(10, 20)), bytes.subarray(10, 30))
  assert.deepEqual(Buffer.from(await source.read(600, 400)), bytes.subarray(600))
  await appendFile(path, "more")
  await assert.rejects(source.read(600, 400), (e) => hasCode(e, "files/changed"))
  await assert.rejects(source.read(1000, 100), (e) => hasCode(e, "files/changed"))
  await source.close()
  const touched = await NodeFileSource.open(path)
  await utimes(path, 1, 1)
  await assert.rejects(touched.read(0, 1004), (e) => hasCode(e, "files/changed"))
  await touched.close()
})

test("what is no plain file is refused with its path", async () => {
  const folder = await folderOf()
  for (const path of [folder, join(folder, "none"), "/dev/null"]) {
    const refused = NodeFileSource.open(path)
    await assert.rejects(refused, (e) => hasCode(e, "files/source") && e.message.includes(path))
  }
})

test("a sink grows a part, is taken up again, and gets its name only by commit", async () => {
  const folder = join(await folderOf(), "new")
  const sink = await NodeFileSink.open(folder, named("a.txt"))
  await sink.append(Buffer.from("hello "))
  await sink.append(Buffer.from("wor"))
  await sink.close()
  assert.deepEqual(await readdir(folder), ["a.txt.01010101.part"])
  const again = await NodeFileSink.open(folder, named("a.txt"))
  assert.equal(await again.size(), 9)
  await again.truncate(6)
  await again.append(Buffer.from("you"))
  assert.equal(Buffer.from(await again.read(4, 5)).toString(), "o you")
  await assert.rejects(again.read(4, 6), (e) => hasCode(e, "files/sink"))
  assert.equal(again.path, undefined)
  await again.commit()
  await again.close()
  assert.equal(again.path, join(folder, "a.txt"))
  assert.deepEqual(await readdir(folder), ["a.txt"])
  assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "hello you")
})

test("nothing is overwritten, nothing lands outside the folder", async () => {
  const folder = await folderOf()
  await writeFile(join(folder, "a.txt"), "mine")
  const paths: string[] = []
  for (let n = 1; n <= 3; n++) {
    const sink = await NodeFileSink.open(folder, named("../../a.txt", n))
    await sink.append(Uint8Array.of(48 + n))
    await sink.commit()
    paths.push(sink.path ?? "")
  }
  assert.deepEqual(
    paths,
    ["a (2).txt", "a (3).txt", "a (4).txt"].map((name) => join(folder, name)),
  )
  assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "mine")
  assert.equal(await readFile(paths[2], "utf8"), "3")
})

test("two files of one name grow side by side; a discarded one leaves nothing", async () => {
  const folder = await folderOf()
  const [one, two] = [await NodeFileSink.open(folder, named("a", 1)), await NodeFileSink.open(folder, named("a", 2))]
  await one.append(Uint8Array.of(49))
  await two.append(Uint8Array.of(50))
  await one.discard()
  await two.commit()
  assert.deepEqual(await readdir(folder), ["a"])
  assert.equal(await readFile(join(folder, "a"), "utf8"), "2")
})

test("a full disk is said, and the part stays for later", { skip: withoutSmallDisk() }, async () => {
  const disk = mountSmallDisk("400k")
  try {
    const sink = await NodeFileSink.open(disk, named("a"))
    const filling = (async () => {
      for (;;) await sink.append(new Uint8Array(100_000))
    })()
    await assert.rejects(filling, (e) => hasCode(e, "file/disk-full"))
    await sink.close()
    const again = await NodeFileSink.open(disk, named("a"))
    assert.ok((await again.size()) >= 300_000)
    await again.close()
  } finally {
    unmount(disk)
  }
})
