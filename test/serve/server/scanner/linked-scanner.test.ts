import assert from "node:assert/strict"
import { test } from "node:test"
import { delay } from "@sourceprint/core/async/delay.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { MessageType, type ServerMessage } from "@sourceprint/protocol/message.js"
import { JobEnd, Purpose, Stage } from "@sourceprint/protocol/scanner-progress.js"
import type { SecurePeer } from "@sourceprint/serve/server/auth/secure-peer.js"
import { defaultTiming, LinkedScanner } from "@sourceprint/serve/server/scanner/linked-scanner.js"

test("a touch that is taken back while it is asked for: the device hears of it whole, then of its end", async () => {
  const sent: string[] = []
  // Fake at the peer's port: a carrier so slow that nothing has gone out when the browser leaves.
  const peer = {
    send(message: ServerMessage) {
      sent.push(message.type === MessageType.progress ? `stage ${message.progress.stage}` : "challenge")
      return new Promise<Uint8Array>((resolve) => setImmediate(() => resolve(new Uint8Array(0))))
    },
  } as unknown as SecurePeer
  const device = { id: "desk", scannerId: "r307-1", publicKey: "", createdAtMs: 0, revokedAtMs: undefined }
  const scanner = new LinkedScanner(peer, device, "", new Uint8Array(32), 0, systemClock, defaultTiming)
  const leaving = new AbortController()
  const request = {
    stage: Stage.touch,
    scannerId: "r307-1",
    name: "Ada",
    purpose: Purpose.signIn,
    code: "0420",
    windowMs: 1000,
    remaining: 3,
  }
  const signs = { signal: leaving.signal, capturing: () => {} }
  const asked = scanner.capture(request, new Uint8Array(32), signs)
  leaving.abort()
  assert.equal(await asked, "gone")
  await scanner.tell(JobEnd.cancelled)
  await delay(10)
  assert.deepEqual(sent, [`stage ${Stage.touch}`, "challenge", `stage ${Stage.ended}`])
})
