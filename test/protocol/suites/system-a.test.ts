import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import type { Log } from "@sourceprint/core/log.js"
import { Rng } from "@sourceprint/core/rng.js"
import {
  decodeTokenFrame,
  encodeTokenFrame,
  localTimestamp,
  parseLocalTimestamp,
  parseReply,
  parseRequest,
} from "@sourceprint/protocol/suites/system-a/exchange.js"
import { fernetKey } from "@sourceprint/protocol/suites/system-a/fernet.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { listenSystemA } from "@sourceprint/serve/server/system-a/listen-system-a.js"
import { systemAAttacks } from "@sourceprint/serve/trial/system-a-attacks.js"
import { textInspector, touch } from "../../support/auth-server.js"

test("the frame is a length of 8 bytes and a token, bounded, and asks for more at every cut", () => {
  for (const [form, written] of [
    ["original", "4       gAAA"],
    ["strict", "00000004gAAA"],
  ] as const) {
    const frame = encodeTokenFrame("gAAA", form)
    assert.equal(new TextDecoder().decode(frame), written)
    for (let n = 0; n < frame.length; n++) assert.equal(decodeTokenFrame(frame.subarray(0, n), form), "more")
    assert.equal(decodeTokenFrame(frame, form), "gAAA")
    for (const bad of ["99999999", "00000000", "0000000x", "-1      ", "        ", "       4", "4 4     "])
      assert.equal(decodeTokenFrame(utf8(bad), form), "broken", bad)
  }
  assert.equal(decodeTokenFrame(utf8("4       gAAA"), "strict"), "broken")
  assert.equal(decodeTokenFrame(utf8("00000004gAAA")), "gAAA") // a number to the original too
})

test("times are Python's isoformat without a zone, or whole seconds in the strict form", () => {
  const timeMs = new Date(2026, 10, 30, 16, 44, 14, 535).getTime()
  assert.equal(localTimestamp(timeMs), "2026-11-30T16:44:14.535000")
  assert.equal(localTimestamp(timeMs - 535), "2026-11-30T16:44:14")
  assert.equal(localTimestamp(timeMs, "strict"), "2026-11-30 16:44:14")
  assert.equal(parseLocalTimestamp("2026-11-30T16:44:14.535750"), timeMs + 0.75)
  assert.equal(parseLocalTimestamp("2026-11-30T16:44:14"), timeMs - 535)
  assert.equal(parseLocalTimestamp("2026-11-30 16:44:14", "strict"), timeMs - 535)
  for (const bad of ["yesterday", "2026-11-30 16:44:14", "2026-11-30T16:44:14.5", "2026-11-30T16:44:14Z"])
    assert.equal(parseLocalTimestamp(bad), undefined, bad)
})

test("messages are objects of texts with every field", () => {
  const request = { client_id: "c", server_id: "s", timestamp: "t", image: "", Hsig: "h" }
  assert.deepEqual(parseRequest(utf8(JSON.stringify(request))), request)
  for (const bad of ["", "[]", "null", '{"client_id":1}', JSON.stringify({ ...request, image: 5 }), "{"]) {
    assert.equal(parseRequest(utf8(bad)), undefined)
    assert.equal(parseReply(utf8(bad)), undefined)
  }
})

test("the replaced suite breaks where it is known to, and says loudly that it is on", async () => {
  const keyText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
  const key = fernetKey(keyText)
  assert.ok(key)
  const warnings: string[] = []
  const log: Log = { debug() {}, info() {}, warn: (event) => void warnings.push(event), error() {} }
  const own = { serverId: "server", scannerId: "unit-1", passwordHash: "p", secretHash: "s" }
  const references = [utf8("the-finger")]
  const common = { crypto: webCrypto, clock: systemClock, log, inspector: textInspector, checksScanner: true }
  const server = await listenSystemA({ ...common, ...own, key, keyText, references }, "127.0.0.1", 0)
  try {
    assert.deepEqual(warnings, ["system-a.on"])
    const target = {
      crypto: webCrypto,
      port: server.port,
      key,
      keyText,
      serverId: "server",
      freshImpression: () => touch("the-finger", "unit-1"),
      strangersImpression: touch("another", "unit-1"),
    }
    const broken: string[] = []
    for (const attack of systemAAttacks) if (await attack.run(target, 0, new Rng(attack.id))) broken.push(attack.id)
    assert.deepEqual(broken, [
      "replay-window",
      "field-tampering",
      "stolen-capture",
      "wrong-password",
      "unknown-name",
      "forged-reply",
    ])
  } finally {
    await server.stop()
  }
})
