import assert from "node:assert/strict"
import { test } from "node:test"
import { rulesWith } from "@sourceprint/serve/server/auth/limits.js"
import { limitAddress } from "@sourceprint/serve/server/limit-address.js"
import { testServer } from "../../support/auth-server.js"

test("an IPv6 address is counted by its /64, an IPv4 address by itself however it comes", () => {
  assert.equal(limitAddress("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64")
  assert.equal(limitAddress("2001:db8:1:2::9"), limitAddress("2001:db8:1:2:ffff::1"))
  assert.notEqual(limitAddress("2001:db8:1:2::9"), limitAddress("2001:db8:1:3::9"))
  assert.equal(limitAddress("::ffff:192.0.2.7"), "192.0.2.7")
  assert.equal(limitAddress("192.0.2.7"), "192.0.2.7")
  assert.equal(limitAddress("unknown"), "unknown")
})

test("guesses from one /64 are guesses of one address", async () => {
  const server = await testServer({ limitRules: rulesWith({ pair: 1e6, stranger: 1e6, device: 1e6, address: 3 }) })
  try {
    const { limits } = server.deps
    const nowMs = Date.now()
    const from = (address: string) =>
      limits.admit({ nameKey: "ada", accountId: undefined, deviceId: undefined, address }, nowMs)
    const waits: boolean[] = []
    for (let n = 1; n <= 5; n++) waits.push((await from(`2001:db8:1:2::${n}`)) > 0)
    assert.deepEqual(waits, [false, false, false, true, true])
    assert.equal(await from("2001:db8:1:3::1"), 0)
  } finally {
    await server.stop()
  }
})
