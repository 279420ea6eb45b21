import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:net"
import { test } from "node:test"
import { bindPort } from "@sourceprint/core/bind-port.js"
import { hasCode } from "@sourceprint/core/errors.js"

test("a free port is found, and a taken one is said in words under the caller's code", async () => {
  const [first, second] = [createServer(), createServer()]
  try {
    const port = await bindPort(first, { host: "127.0.0.1", port: 0 })
    assert.ok(port > 0)
    const again = { host: "127.0.0.1", port }
    const said = new RegExp(`127\\.0\\.0\\.1:${port}.*EADDRINUSE`)
    await assert.rejects(bindPort(second, again), (e) => hasCode(e, "serve/listen") && said.test(e.message))
    await assert.rejects(bindPort(second, again, "kiosk/listen"), (e) => hasCode(e, "kiosk/listen"))
    first.close()
    await once(first, "close")
    assert.equal(await bindPort(second, again), port)
  } finally {
    first.close()
    second.close()
  }
})
