/** Drivers of others, as their libraries are published, at the twin on a pseudo-terminal.
 *  `test/peers/python/install.sh` installs them. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { test } from "node:test"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { peerScript, python, withoutPython } from "../../../../support/python-peers.js"
import { ridgePattern } from "../../../../support/ridge-pattern.js"
import { twinWithPlaten } from "../../../../support/twin.js"

const skip = withoutPython || (!canServeTerminal() && "socat is not installed (apt-get install socat)")

/** Runs a driver's script against a fresh twin. @returns what it printed last, parsed, and the digest of finger a */
async function drive(script: string): Promise<{ images: string[]; digest: string }> {
  const { device, platen } = twinWithPlaten()
  const served = await serveTwinTerminal(device, join(await mkdtemp(join(tmpdir(), "peer-")), "tty"))
  const fingers: Readonly<Record<string, Uint8Array>> = { a: ridgePattern(1), b: ridgePattern(1, 8) }
  const child = spawn(python, [peerScript(script), served.name], { stdio: ["pipe", "pipe", "pipe"] })
  let complaint = ""
  child.stderr.on("data", (chunk) => {
    complaint += String(chunk)
  })
  const ended = once(child, "close")
  let last = ""
  for await (const line of createInterface({ input: child.stdout })) {
    last = line
    if (line !== "lift" && fingers[line] === undefined) continue
    if (line === "lift") platen.lift()
    else platen.place(fingers[line])
    child.stdin.write("\n")
  }
  const [code] = await ended
  await served.close()
  assert.equal(code, 0, complaint)
  return { images: JSON.parse(last) as string[], digest: createHash("sha256").update(fingers.a).digest("hex") }
}

test("pyfingerprint: every call; images at every packet size and speed", { skip }, async () => {
  const { images, digest } = await drive("drive_pyfingerprint.py")
  assert.deepEqual(images, new Array(9).fill(digest))
})

test("Adafruit's library: enrolment, search, templates, image, settings", { skip }, async () => {
  const { images, digest } = await drive("drive_adafruit.py")
  assert.deepEqual(images, [digest])
})
