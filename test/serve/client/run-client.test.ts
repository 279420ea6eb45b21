import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { after, before, test } from "node:test"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { ScannerLink } from "@sourceprint/protocol/scanner-link.js"
import { connectServer, parseServer } from "@sourceprint/serve/client/connect-server.js"
import type { FingerSource } from "@sourceprint/serve/client/finger-source.js"
import { type ClientContext, type ClientStep, runEnrolment, runSignIn } from "@sourceprint/serve/client/run-client.js"
import { InterceptingPort } from "@sourceprint/serve/trial/intercepting-port.js"
import { quickStretching, type TestServer, testServer, touch } from "../../support/auth-server.js"

let server: TestServer
let device: Device
before(async () => {
  server = await testServer()
  device = await server.addDevice("desk", "unit-1")
})
after(() => server.stop())

function context(overrides: Partial<ClientContext> = {}): {
  context: ClientContext
  steps: ClientStep["step"][]
} {
  const steps: ClientStep["step"][] = []
  const fingers: FingerSource = {
    capture: () => Promise.resolve({ image: touch("ada", "unit-1"), takenAtMs: Date.now() }),
    close: () => Promise.resolve(),
  }
  return {
    steps,
    context: {
      deps: { crypto: server.deps.crypto, clock: systemClock, trusts: () => true },
      connect: () => server.connect(),
      device,
      fingers,
      tell: ({ step }) => void steps.push(step),
      sleep: () => Promise.resolve(),
      ...overrides,
    },
  }
}

const ada = { name: "Ada", password: "pw", stretching: quickStretching }
const enrolment = () => ({ ...ada, enrolmentId: randomBytes(32), code: "", finger: "thumb" })

test("an answer that was lost on the way is asked for again: enrolled once, told once", async () => {
  let connections = 0
  const losing = context({
    connect: async () => {
      connections++
      // The first connection loses the last decision (frame 7 down: hello, response, 3 × challenge + decision).
      return new InterceptingPort(await server.connect(), undefined, (index, body) => {
        if (connections > 1 || index < 7) return [body]
        throw new AppError("protocol/closed", "the line was cut")
      })
    },
  })
  assert.deepEqual(await runEnrolment(losing.context, enrolment()), { outcome: "enrolled" })
  assert.equal(connections, 2)
  assert.ok(losing.steps.includes("lost"))
  assert.equal((await server.deps.store.accounts()).length, 1)
})

test("a clock that is off is named, with both times; an enrolment and a linked scanner say the same", async () => {
  const behindMs = 3_600_000
  const clock = { ...systemClock, nowMs: () => Date.now() - behindMs }
  const late = context({ deps: { crypto: server.deps.crypto, clock, trusts: () => true } })
  for (const run of [() => runSignIn(late.context, ada), () => runEnrolment(late.context, enrolment())]) {
    const { outcome, note } = await run()
    assert.equal(outcome, "clock")
    assert.match(note ?? "", /clock shows 20\d\d-.* UTC, the server's 20\d\d-.* UTC: they are 60 min apart/)
  }
  await assert.rejects(
    ScannerLink.open(late.context.deps, await server.connect(), device, "desk"),
    (e) => hasCode(e, "protocol/clock") && /60 min apart/.test(e.message),
  )
  const stranger = { ...device, deviceId: "nobody" }
  assert.equal((await runSignIn({ ...late.context, device: stranger }, ada)).outcome, "device", "nothing for strangers")
})

test("a server that answers and then ends the connection is told apart from none", async () => {
  const dying = context({
    connect: async () =>
      new InterceptingPort(await server.connect(), undefined, (index, body) => {
        if (index === 0) return [body]
        throw new AppError("protocol/closed", "the connection was closed")
      }),
  })
  assert.equal((await runSignIn(dying.context, ada)).outcome, "lost")
})

test("results in words: passed, password, refused, device, sensor, unreachable", async () => {
  assert.equal((await runSignIn(context().context, ada)).outcome, "passed")
  assert.equal((await runSignIn(context().context, { ...ada, password: "no" })).outcome, "password")
  const eve = {
    capture: () => Promise.resolve({ image: touch("eve", "unit-1"), takenAtMs: Date.now() }),
    close: async () => {},
  }
  assert.equal((await runSignIn(context({ fingers: eve }).context, ada)).outcome, "refused")
  const stranger = { ...device, deviceId: "nobody" }
  assert.equal((await runSignIn(context({ device: stranger }).context, ada)).outcome, "device")
  const broken = {
    capture: () => Promise.reject(new AppError("sensor/no-answer", "silent")),
    close: async () => {},
  }
  assert.equal((await runSignIn(context({ fingers: broken }).context, ada)).outcome, "sensor")
  const nowhere = context({ connect: () => connectServer({ host: "127.0.0.1", port: 1 }) })
  assert.equal((await runSignIn(nowhere.context, ada)).outcome, "unreachable")
  assert.equal(nowhere.steps.filter((step) => step === "lost").length, 3)
  assert.equal((await runEnrolment(context().context, enrolment())).outcome, "refused") // the name is taken
})

test("a server with another identity is not talked to", async () => {
  const wary = context({ deps: { crypto: server.deps.crypto, clock: systemClock, trusts: () => false } })
  await assert.rejects(runSignIn(wary.context, ada), (e) => hasCode(e, "protocol/identity"))
})

test("server addresses", () => {
  assert.deepEqual(parseServer("host"), { host: "host", port: 7600, tls: false })
  assert.deepEqual(parseServer("tls://[::1]:99"), { host: "::1", port: 99, tls: true })
  for (const bad of ["", "a b", "host:99999", "::1"])
    assert.throws(
      () => parseServer(bad),
      (e) => hasCode(e, "client/address"),
    )
})
