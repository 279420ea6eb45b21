import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { projectRoot } from "../support/shared-data.js"
import { tinyExperiment, tinyScanners } from "../support/tiny-scanners.js"

test("the queue's commands: add, list, pause, resume, run to a report", async (t) => {
  const tiny = await tinyScanners({ scanners: 2, fingers: 3 })
  t.after(() => tiny.remove())
  await writeFile(join(tiny.folder, "tiny.yaml"), tinyExperiment(tiny.dataset))
  const queue = (...args: string[]): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const words = [join(projectRoot, "src/cli/dist/main.js"), "experiment", "queue", ...args]
      execFile(process.execPath, words, { cwd: tiny.folder }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, text: stdout + stderr })
      })
    })
  const added = await queue("add", "tiny.yaml", "none.yaml")
  assert.equal(added.code, 1)
  assert.match(added.text, /[0-9a-f]{6}: tiny-[0-9a-f]{8}, \d+ jobs\n/)
  assert.match(added.text, /not added: none\.yaml: .*1 of 2 experiments were not added, named above/s)
  await queue("pause")
  const listed = await queue("list")
  assert.match(listed.text, /^paused: nothing new begins\n.*\n.*\n +1 +[0-9a-f]{6} +tiny-\S+ +\d+ +waits +tiny\.yaml\n/)
  await queue("resume")
  const ran = await queue("run", "--engine", "wasm")
  assert.match(ran.text, /\n1 of 1 runs are finished\n/, ran.text)
  assert.equal((await queue("list")).text, "the queue of experiments/runs is empty\n")
  assert.ok((await readdir(join(tiny.folder, "reports"))).some((name) => /^tiny-.*\.html$/.test(name)))
})
