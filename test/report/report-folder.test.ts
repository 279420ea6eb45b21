import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import {
  type IndexEntry,
  publishReport,
  readEntries,
  rebuildIndex,
  withdrawReport,
} from "@sourceprint/report/report-folder.js"

const entry = (id: string, kind: string): IndexEntry => ({
  run: {
    id,
    kind,
    title: `title of ${id}`,
    verdict: "",
    createdAt: "2026-01-01T00:00:00Z",
    values: { eer: 0.01 },
  },
  columns: [{ key: "eer", label: "EER", group: "result", unit: "rate", listed: true }],
})

test(
  "reports of every kind share an index; a run without a page is listed without a link; withdrawn is " + "gone",
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "reports-"))
    t.after(() => rm(folder, { recursive: true }))
    await publishReport(folder, entry("run-a", "experiment"), "<p>a</p>")
    await publishReport(folder, entry("bench-b", "benchmark"), undefined)
    const index = await readFile((await rebuildIndex(folder)).path, "utf8")
    assert.match(index, /"href":"run-a\.html"/)
    assert.doesNotMatch(index, /bench-b\.html/)
    assert.match(index, /title of bench-b/)
    await withdrawReport(folder, "run-a")
    await withdrawReport(folder, "never-was")
    assert.deepEqual([...(await readEntries(folder)).entries.keys()], ["bench-b"])
    assert.deepEqual((await readdir(folder)).sort(), ["entries", "index.html"])
    await assert.rejects(publishReport(folder, entry("../out", "trial"), ""), RangeError)
    await assert.rejects(publishReport(folder, entry("index", "trial"), ""), RangeError)
    await writeFile(join(folder, "entries", "broken.json"), "{")
    await writeFile(join(folder, "entries", "._bench-b.json"), "Mac OS X")
    const { path, broken } = await rebuildIndex(folder)
    assert.match(await readFile(path, "utf8"), /title of bench-b/)
    assert.equal(broken.length, 1)
    assert.match(broken[0], /broken\.json.*delete it and render again/)
  },
)
