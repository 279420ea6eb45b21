import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { toHex } from "@sourceprint/core/bytes.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { ClientState } from "@sourceprint/serve/client/client-state.js"
import { clientOutcomes } from "@sourceprint/serve/client/outcome.js"
import { testServer } from "../support/auth-server.js"

const main = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))

/** What a kiosk's page is told until the decision. */
async function decisionAt(url: string, typed: Record<string, string>): Promise<string> {
  const events = await fetch(`${url}events`)
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader()
  assert.ok(reader)
  const headers = { "content-type": "application/json" }
  const begun = await fetch(`${url}begin`, { method: "POST", headers, body: JSON.stringify(typed) })
  assert.equal(begun.status, 202)
  let text = ""
  while (!/"busy":false,"words"/.test(text)) text += (await reader.read()).value ?? ""
  await reader.cancel()
  return text
}

test("client enroll --kiosk and login --kiosk serve a page for one person after the other", async (t) => {
  const server = await testServer({ policy: { enrolment: "code" } })
  const folder = await mkdtemp(join(tmpdir(), "client-kiosk-"))
  t.after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const { signer } = await new ClientState(folder, webCrypto).makeDevice("desk", "unit-1")
  const device = { id: "desk", scannerId: "unit-1", publicKey: toHex(signer.publicKey), createdAtMs: 0 }
  await server.deps.store.addDevice(device, { atMs: 0, event: "admin", reason: "device-added" })
  const identity = toHex(server.deps.secrets.identity.publicKey)
  const rest = ["--server", `127.0.0.1:${server.port}`, "--server-key", identity, "--state", folder]
  const context = [...rest, "--scanner", "twin:ada@unit-1", "--kiosk-port", "0"]
  const typed = { name: "Ada", password: "one two three" }
  for (const [command, heading, outcome, event] of [
    ["enroll", "Sign up", clientOutcomes.refused, "enrolment"],
    ["login", "Sign in", clientOutcomes.password, "sign-in"],
  ] as const) {
    const program = spawn(process.execPath, [main, "client", command, ...context, "--kiosk"])
    const ended = once(program, "exit")
    let said = ""
    for await (const chunk of program.stdout) {
      said += String(chunk)
      if (said.includes("\n")) break
    }
    const [url] = /http:\S+/.exec(said) ?? []
    assert.ok(url !== undefined, said)
    const page = await (await fetch(url)).text()
    assert.ok(page.includes(`<h1>${heading}</h1>`))
    assert.equal(page.includes("Enrolment code"), command === "enroll")
    for (let turn = 0; turn < 2; turn++) {
      assert.ok((await decisionAt(url, typed)).includes(outcome.words))
    }
    program.kill("SIGINT")
    assert.deepEqual(await ended, [0, null])
    const reasons = await server.reasons()
    assert.equal(reasons.filter((one) => one.startsWith(`${event} `)).length, 2, reasons.join("\n"))
  }
})

test("a name and a kiosk exclude each other, and one of them there must be", () => {
  const login = ["client", "login", "--server", "127.0.0.1:1", "--scanner", "twin:ada@unit-1"]
  const run = (...more: string[]) => spawnSync(process.execPath, [main, ...login, ...more], { encoding: "utf8" })
  const neither = run()
  assert.equal(neither.status, 2)
  assert.match(neither.stderr, /--name, or --kiosk/)
  const both = run("--kiosk", "--name", "Ada")
  assert.equal(both.status, 2)
  assert.match(both.stderr, /mutually exclusive/)
})
