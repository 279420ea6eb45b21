import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"
import { commands } from "@sourceprint/cli/commands.js"
import type { Argv, CommandModule } from "yargs"
import { projectRoot } from "../support/shared-data.js"

const main = join(projectRoot, "src/cli/dist/main.js")
const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr })
    })
  })

test("the list says of each command what its file says", async () => {
  for (const { usage, describe, register } of commands) {
    let registered: CommandModule | undefined
    const recorder = {
      command: (module: CommandModule) => {
        registered = module
      },
    }
    await register(recorder as unknown as Argv)
    assert.deepEqual([registered?.command, registered?.describe], [usage, describe])
  }
})

test("help lists every command, and a group's help its own", async () => {
  const { stdout, code } = await run("--help")
  assert.equal(code, 0)
  for (const { usage } of commands) assert.ok(stdout.includes(usage.split(" ")[0]))
  const group = await run("data", "--help")
  assert.match(group.stdout, /data import/)
})

test("a wrong command line ends with 2, failed work with 1", async () => {
  assert.equal((await run()).code, 2)
  assert.equal((await run("dance")).code, 2)
  assert.equal((await run("data", "check")).code, 2)
  const folds = await run("data", "check", "--dataset", "no-such-dataset", "--folds", "2,5")
  assert.equal(folds.code, 2)
  assert.match(folds.stderr, /--folds takes a number/)
  const outside = await run("data", "check", "--dataset", "../elsewhere")
  assert.equal(outside.code, 1)
  assert.match(outside.stderr, /"\.\.\/elsewhere" is no name of a dataset/)
  const failed = await run("data", "check", "--dataset", "no-such-dataset")
  assert.equal(failed.code, 1)
  assert.match(failed.stderr, /sourceprint data import/)
})
