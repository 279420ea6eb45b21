import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type ChatServer, chatServer } from "../support/chat-server.js"

const PASSWORD = "crooked lamp under seven bridges"

let server: ChatServer
before(async () => {
  server = await chatServer()
  await server.signUp("Ada", PASSWORD)
})
after(() => server.stop())

interface Ended {
  readonly code: number | null
  readonly out: string
}

function chat(lines: readonly string[], ...options: readonly string[]): Promise<Ended> {
  const address = `127.0.0.1:${server.running.port}`
  const state = join(server.folder, "state")
  const child = spawn(
    process.execPath,
    ["src/cli/dist/main.js", "chat", "--server", address, "--state", state, ...options],
    { stdio: ["pipe", "pipe", "pipe"] },
  )
  let out = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      out += text
    })
  }
  child.stdin.end(`${lines.join("\n")}\n`)
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out })))
}

test("in a pipe the first line is the password, the rest the chat; what was said is there next time", async () => {
  const first = await chat([PASSWORD, "/new Garden", "नमस्ते", "//not a command"], "--name", "Ada")
  assert.equal(first.code, 0, first.out)
  assert.match(first.out, /\[Garden\] You: नमस्ते\n/)
  assert.match(first.out, /\[Garden\] You: \/not a command\n/)
  const again = await chat([PASSWORD, "/join garden", "/search नमस्ते", "/nonsense"], "--name", "Ada")
  assert.match(again.out, / 1 Garden\n/)
  assert.equal(again.out.split("You: नमस्ते").length, 3, "once in the history, once as found")
  assert.match(again.out, /! there is no \/nonsense/)
  assert.equal(again.code, 1)
  for (const entry of await readdir(join(server.folder, "state"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    assert.equal((await stat(join(entry.parentPath ?? entry.path, entry.name))).mode & 0o077, 0, entry.name)
  }
})

test("a wrong password and a missing name end in words and an exit code", async () => {
  const refused = await chat(["not it"], "--name", "Ada")
  assert.equal(refused.code, 4, refused.out)
  assert.match(refused.out, /do not belong together/)
  const nameless = await chat([PASSWORD])
  assert.notEqual(nameless.code, 0)
  assert.match(nameless.out, /which name\?/)
})
