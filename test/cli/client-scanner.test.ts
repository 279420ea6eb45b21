import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { toHex } from "@sourceprint/core/bytes.js"
import { testServer } from "../support/auth-server.js"
import { until } from "../support/patience.js"

const main = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))

test("client scanner: makes its key, links once registered, says that it is ready, and ends on Ctrl-C", async () => {
  const server = await testServer()
  const folder = await mkdtemp(join(tmpdir(), "client-scanner-"))
  try {
    const key = ["client", "key", "--state", folder, "--id", "desk", "--scanner-id", "unit-1"]
    const made = spawnSync(process.execPath, [main, ...key], { encoding: "utf8" })
    const publicKey = /--key ([0-9a-f]{64})/.exec(made.stdout)?.[1]
    assert.ok(publicKey !== undefined, made.stderr)
    const device = { id: "desk", scannerId: "unit-1", publicKey, createdAtMs: 0 }
    await server.deps.store.addDevice(device, { atMs: 0, event: "admin", reason: "device-added" })
    const identity = toHex(server.deps.secrets.identity.publicKey)
    const link = ["--server", `127.0.0.1:${server.port}`, "--server-key", identity, "--state", folder]
    const program = spawn(process.execPath, [
      main,
      "client",
      "scanner",
      ...link,
      "--twin",
      "ada@unit-1",
      "--words",
      "front desk",
    ])
    const ended = once(program, "exit")
    let said = ""
    program.stdout.on("data", (chunk) => {
      said += String(chunk)
      if (said.includes("ready")) program.kill("SIGINT")
    })
    assert.deepEqual(await ended, [0, null], said)
    assert.match(said, /linked as front desk \(unit-1\): ready/)
    assert.ok((await server.reasons()).includes("scanner linked"))
    await until(async () => (await server.reasons()).includes("scanner unlinked"), "the server sees it go")
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
