import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { knownBrowserToken } from "@sourceprint/protocol/known-browser.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { rulesWith } from "@sourceprint/serve/server/auth/limits.js"
import { quickStretching, type TestServer, testServer } from "../../support/auth-server.js"

const FREE = 3
let server: TestServer
// Time stands still for the limits: nothing is let in because the test was slow.
const startMs = Date.now()
const clock = { nowMs: () => startMs, monotonicMs: () => performance.now() }
before(async () => {
  server = await testServer({
    clock,
    policy: { factorPolicies: [["password"]], maxSkewMs: 3_600_000 },
    limitRules: rulesWith({ pair: FREE, stranger: FREE, device: FREE, address: FREE }),
  })
})
after(() => server.stop())

async function enrol(name: string): Promise<void> {
  const session = await server.session()
  const more = { enrolmentId: webCrypto.randomBytes(32), code: "", finger: "none" }
  const step = await session.enrol({ name, password: "right", stretching: quickStretching, ...more })
  assert.ok(step.type === MessageType.decision && step.outcome === Outcome.pass)
  session.close()
}

/** @returns what the browser keeps of the session; "busy" or "wrong" where there is none */
async function signIn(name: string, password: string, knownBrowser?: Uint8Array): Promise<Uint8Array | string> {
  const session = await server.session()
  try {
    const step = await session.signIn({ name, password, knownBrowser, stretching: quickStretching })
    if (step.type !== MessageType.decision) return step.type
    assert.equal(step.outcome, Outcome.pass)
    return await knownBrowserToken(webCrypto, step.token)
  } catch (error) {
    if (hasCode(error, "protocol/password")) return "wrong"
    throw error
  } finally {
    session.close()
  }
}

test("guesses of strangers slow strangers; a browser of the account has a queue of its own", async () => {
  for (const name of ["Ada", "Bob"]) await enrol(name)
  const [adas, bobs] = [await signIn("Ada", "right"), await signIn("Bob", "right")]
  assert.ok(adas instanceof Uint8Array && bobs instanceof Uint8Array)
  const guesses = []
  for (let n = 0; n < 2 * FREE; n++) guesses.push(await signIn("Ada", `guess ${n}`))
  assert.equal(guesses.at(-1), "busy")
  // The strangers' address is the owner's here: the worst case.
  assert.equal(await signIn("Ada", "right"), "busy")
  assert.equal(await signIn("Ada", "right", bobs), "busy")
  assert.equal(await signIn("Ada", "right", new Uint8Array(32)), "busy")
  const next = await signIn("Ada", "right", adas)
  assert.ok(next instanceof Uint8Array)
  // The new one took the place of the old one, and whoever steals it has few guesses, too.
  assert.equal(await signIn("Ada", "right", adas), "busy")
  const stolen = []
  for (let n = 0; n <= FREE; n++) stolen.push(await signIn("Ada", `guess ${n}`, next))
  assert.deepEqual(stolen, [...Array(FREE).fill("wrong"), "busy"])
  const { store } = server.deps
  const account = await store.accountByName("bob")
  const session = { accountId: account?.id ?? "", deviceId: undefined, factors: ["password"], createdAtMs: 0 }
  for (let n = 0; n < 40; n++) {
    await store.acceptSignIn({
      session: { ...session, tokenHash: `token ${n}`, expiresAtMs: 1 },
      imageDigests: [],
      browser: { id: `browser ${n}`, before: undefined },
      audit: { atMs: 0, event: "sign-in", reason: "passed" },
    })
  }
  let known = 0
  for (let n = 0; n < 40; n++) if (await store.isFamiliar(account?.id ?? "", `browser ${n}`)) known++
  assert.ok(known <= 32 && (await store.isFamiliar(account?.id ?? "", "browser 39")), `${known} browsers are known`)
})
