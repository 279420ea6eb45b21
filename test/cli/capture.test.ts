import assert from "node:assert/strict"
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtemp, readFile, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"

const main = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))

function run(folder: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err })
    })
    child.stdin?.end()
  })
}

/** Starts the twin and waits for its three lines. */
function serve(folder: string): Promise<{ twin: ChildProcess; port: string; hands: string }> {
  return new Promise((resolve, reject) => {
    const args = [main, "twin", "serve", "--port", "0", "--hands", "0", "--no-paced", "--people", "1"]
    const twin = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] })
    let out = ""
    twin.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      const [port, hands] = out.match(/tcp:\/\/[\d.:]+/g) ?? []
      if (out.includes("Ctrl-C ends") && port !== undefined && hands !== undefined) resolve({ twin, port, hands })
    })
    twin.once("exit", (code) => reject(new Error(`the twin ended with ${code}: ${out}`)))
  })
}

test("twin serve, capture session, one, tune and verify, each a process of its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cli-capture-"))
  const { twin, port, hands } = await serve(folder)
  try {
    const plan = {
      name: "trial",
      dataset: "trial",
      scanners: [{ id: "unit-01", port }],
      subjects: ["p01"],
      fingers: ["right-index"],
      impressions: 2,
      simulated: true,
    }
    await writeFile(join(folder, "plan.yaml"), JSON.stringify(plan)) // JSON is YAML
    const session = await run(folder, ["capture", "session", "plan.yaml", "--hands", hands])
    assert.equal(session.code, 0, session.err)
    assert.match(session.err, /Place the right index of p01 on unit-01: 2 of 2/)
    assert.equal(session.out, "data/trial: 2 of 2 touches, complete\n")
    assert.equal((await readManifest(join(folder, "data/trial"))).length, 2)
    const verify = await run(folder, ["capture", "verify", "trial"])
    assert.match(verify.out, /2 rows, 0 findings/)
    const one = await run(folder, ["capture", "one", "--port", port, "--out", "one.bmp"])
    assert.equal(one.code, 0, one.err)
    assert.equal((await readFile(join(folder, "one.nib"))).length, 36_864)
    assert.equal((await run(folder, ["capture", "one", "--port", port, "--out", "one.bmp"])).code, 1)
    const tune = await run(folder, ["capture", "tune", "--port", port])
    assert.match(tune.out, /now 57600 baud with packets of 256 bytes/)
    const led = await run(folder, ["capture", "led", "--port", port])
    assert.equal(led.code, 1)
    assert.match(led.err, /the R307 has no ring LED/)
    const other = await run(folder, ["capture", "one", "--sensor", "r503", "--port", port, "--out", "two.bmp"])
    assert.equal(other.code, 1)
    assert.match(other.err, /R503 on .* answers neither handshake .*--sensor r307/)
  } finally {
    twin.kill("SIGTERM")
  }
})

test("mistakes on the command line and missing things are said and give the right code", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cli-capture-"))
  const missing = await run(folder, ["capture", "verify", "nothing"])
  assert.equal(missing.code, 1)
  assert.match(missing.err, /there is no data\/nothing/)
  assert.equal((await run(folder, ["capture", "tune"])).code, 2)
  const nameless = await run(folder, ["capture", "tune", "--sensor", "r999", "--port", "tcp://127.0.0.1:1"])
  assert.equal(nameless.code, 2)
  assert.match(nameless.err, /"r307", "r503", "r305", "as608", "zfm-20"/)
  const absent = await run(folder, ["capture", "one", "--port", "/dev/no-such-port", "--out", "x.bmp"])
  assert.match(absent.err, /there is no \/dev\/no-such-port; is it plugged in\?/)
  const noPlan = await run(folder, ["capture", "session", "no.yaml"])
  assert.equal(noPlan.code, 1)
  assert.match(noPlan.err, /cannot read the plan no\.yaml/)
})
