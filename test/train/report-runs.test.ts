import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { reportRuns } from "@sourceprint/train/report-runs.js"

test("a run of another version is named and does not end the index", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "runs-"))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const run = join(folder, "runs", "old-0001")
  await mkdir(run, { recursive: true })
  const environment = { createdAt: "2026-01-02T03:04:05.000Z", engine: { name: "wasm" } }
  const files = { environment, config: { name: "old" }, plan: { cells: [{ id: "one" }] } }
  for (const [name, value] of Object.entries(files)) await writeFile(join(run, `${name}.json`), JSON.stringify(value))
  const lines: string[] = []
  const reportsFolder = join(folder, "reports")
  const logLine = (line: string) => lines.push(line)
  const options = {
    runsFolder: join(folder, "runs"),
    reportsFolder,
    which: "none",
    worstErrors: 0,
    audit: false,
  } as const
  const pages = await reportRuns({ ...options, logLine })
  assert.equal(pages.length, 1, "the index")
  assert.match(lines.join(), /^old-0001 is not listed: .*config\.json/)
})
