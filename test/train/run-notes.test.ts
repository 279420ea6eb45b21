import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { listRuns } from "@sourceprint/train/run-folder.js"
import { changeNotes, readNotes } from "@sourceprint/train/run-notes.js"

let runs: string
let folder: string
before(async () => {
  runs = await mkdtemp(join(tmpdir(), "notes-"))
  folder = join(runs, "tiny-12345678")
  await mkdir(folder)
  const environment = { createdAt: "2026-01-01T00:00:00.000Z", engine: { name: "wasm" } }
  const files = { environment, config: { name: "tiny" }, plan: { cells: [] }, metrics: {} }
  for (const [name, value] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(value))
  }
})
after(() => rm(runs, { recursive: true, force: true }))

test("title, tags and notes are added, taken away, listed, and leave the run's name alone", async () => {
  assert.deepEqual(await readNotes(folder), { tags: [], notes: [] })
  const clock = { nowMs: () => Date.UTC(2026, 0, 2), monotonicMs: () => 0 }
  await changeNotes(folder, { title: " First try ", tag: ["thesis", "baseline"], text: "window too small", clock })
  await changeNotes(folder, { tag: ["thesis"], untag: ["baseline"], text: "again", clock })
  const at = "2026-01-02T00:00:00.000Z"
  const notes = [
    { at, text: "window too small" },
    { at, text: "again" },
  ]
  assert.deepEqual(await readNotes(folder), { title: "First try", tags: ["thesis"], notes })
  const [run] = (await listRuns(runs)).runs
  assert.deepEqual([run.name, run.title, run.tags], ["tiny-12345678", "First try", ["thesis"]])
  assert.equal((await changeNotes(folder, { title: "" })).title, undefined)
})

test("what is no tag, an empty note and an unknown tag are refused, and nothing changes", async () => {
  const before = await readNotes(folder)
  for (const change of [{ tag: ["a b"] }, { tag: ["fine", ""] }, { text: "  " }, { untag: ["other"] }]) {
    await assert.rejects(changeNotes(folder, change), (error) => hasCode(error, "run/note"))
  }
  assert.deepEqual(await readNotes(folder), before)
})

test("a broken notes.json is named, with what helps", async () => {
  await writeFile(join(folder, "notes.json"), "{")
  await assert.rejects(
    readNotes(folder),
    (error) => hasCode(error, "run/damaged") && /mend it or delete/.test(error.message),
  )
  assert.match((await listRuns(runs)).damaged[0]?.reason ?? "", /notes.json/)
})
