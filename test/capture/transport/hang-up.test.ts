import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { pbkdf2 } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { promisify } from "node:util"
import { canServeTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { until } from "../../support/patience.js"

const skip = !canServeTerminal() && "socat is not installed (apt-get install socat)"
const THREADS = 4 // of Node for reads and the like

test("a terminal that is hung up between a signal to read and the read is told as lost, once", { skip }, async () => {
  const path = join(await mkdtemp(join(tmpdir(), "hang-up-")), "tty")
  const far = spawn("socat", [`pty,link=${path},rawer`, "stdio"], { stdio: ["pipe", "ignore", "ignore"] })
  await until(() => existsSync(path), "the terminal")
  const transport = transportOf(path)
  const lost: string[] = []
  await transport.open({ bytes: () => {}, lost: (reason) => void lost.push(reason.code) })
  // Every thread is busy: the read that the byte calls for comes after the terminal has gone.
  const busy = Array.from({ length: THREADS }, () => promisify(pbkdf2)("", "", 600_000, 32, "sha256"))
  far.stdin.write("x")
  await delay(50)
  far.kill("SIGKILL")
  await Promise.all(busy)
  await until(() => lost.length > 0, "the loss is told")
  await transport.close()
  assert.deepEqual(lost, ["transport/lost"])
  assert.equal(transport.isOpen, false)
})
