import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"

test("writes into folders that do not exist, replaces, leaves no temporary file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atomic-"))
  const path = join(folder, "deep", "file.txt")
  await writeFileAtomic(path, "one")
  await writeFileAtomic(path, "two")
  assert.equal(await readFile(path, "utf8"), "two")
  assert.deepEqual(await readdir(join(folder, "deep")), ["file.txt"])
})

test("names the path when the folder cannot be made", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atomic-"))
  await writeFile(join(folder, "plain"), "")
  await assert.rejects(
    writeFileAtomic(join(folder, "plain", "file.txt"), "x"),
    (e) => hasCode(e, "file/write") && e.message.includes("plain"),
  )
})
