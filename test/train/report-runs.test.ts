import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { publishReport, readEntries } from "@sourceprint/report/report-folder.js"
import { reportRuns } from "@sourceprint/train/report-runs.js"
import { deleteRun, listRuns } from "@sourceprint/train/run-folder.js"

test("what is no run is passed over, a damaged run is named, and pages of it are kept", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "runs-"))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const runsFolder = join(folder, "runs")
  const reportsFolder = join(folder, "reports")
  await mkdir(join(runsFolder, "torn-0001"), { recursive: true })
  await mkdir(join(runsFolder, "notes"))
  await mkdir(join(runsFolder, "half-0001"))
  await writeFile(join(runsFolder, "half-0001", "config.json"), "{}")
  await writeFile(join(runsFolder, ".DS_Store"), "Bud1")
  await writeFile(join(runsFolder, "README.md"), "my runs")
  await writeFile(join(runsFolder, "torn-0001", "environment.json"), "")
  const run = { id: "torn-0001", kind: "experiment", title: "torn", verdict: "", createdAt: "", values: {} }
  await publishReport(reportsFolder, { run, columns: [] }, "<p>page</p>")

  const { runs, damaged } = await listRuns(runsFolder)
  assert.deepEqual(runs, [])
  assert.deepEqual(
    damaged.map(({ name }) => name),
    ["torn-0001"],
  )
  assert.match(damaged[0].reason, /environment\.json is not JSON/)
  const problems: string[] = []
  const onProblem = (line: string) => problems.push(line)
  await reportRuns({ runsFolder, reportsFolder, which: "new", worstErrors: 0, prune: true, onProblem })
  assert.match(problems.join(), /^torn-0001 is not listed: .*environment\.json/)
  assert.deepEqual([...(await readEntries(reportsFolder)).entries.keys()], ["torn-0001"], "a damaged run is not gone")
  await deleteRun(runsFolder, "torn-0001")
  assert.deepEqual((await listRuns(runsFolder)).damaged, [])
})

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
