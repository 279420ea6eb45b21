import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { toHex } from "@sourceprint/core/bytes.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { testServer } from "../support/auth-server.js"

const main = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))

test("client password puts a new password in the place of the present one, from a pipe", async (t) => {
  const server = await testServer({ policy: { enrolment: "open", factorPolicies: [["password"]] } })
  const folder = await mkdtemp(join(tmpdir(), "client-password-"))
  t.after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const session = await server.session()
  const enrolmentId = webCrypto.randomBytes(32)
  await session.enrol({ name: "Ada", password: "one two three", enrolmentId, code: "", finger: "none" })
  session.close()
  const identity = toHex(server.deps.secrets.identity.publicKey)
  const to = ["--server", `127.0.0.1:${server.port}`, "--server-key", identity, "--state", folder, "--name", "Ada"]
  const run = async (...lines: string[]): Promise<{ code: unknown; said: string }> => {
    const program = spawn(process.execPath, [main, "client", "password", ...to])
    program.stdin.end(`${lines.join("\n")}\n`)
    let said = ""
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (part) => (said += String(part)))
    const [code] = await once(program, "close")
    return { code, said }
  }
  const differ = await run("one two three", "four five six", "four five seven")
  assert.deepEqual([differ.code, /the two new passwords differ/.test(differ.said)], [1, true], differ.said)
  assert.equal((await run("one two", "four five six", "four five six")).code, 4)
  const done = await run("one two three", "four five six", "four five six")
  assert.match(done.said, /all other sessions have ended/)
  assert.equal(done.code, 0)
  assert.equal((await run("one two three", "x y z w v u", "x y z w v u")).code, 4)
})
