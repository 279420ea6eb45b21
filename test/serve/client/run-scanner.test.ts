import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { delay } from "@sourceprint/core/async/delay.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { DeviceState } from "@sourceprint/protocol/message.js"
import { JobEnd, Purpose, Stage, type TouchRequest } from "@sourceprint/protocol/scanner-progress.js"
import type { FingerSource } from "@sourceprint/serve/client/finger-source.js"
import { runScanner, type ScannerContext, scannerHandlers, touchWords } from "@sourceprint/serve/client/run-scanner.js"
import { type TestServer, testServer, touch } from "../../support/auth-server.js"
import { until } from "../../support/patience.js"

let server: TestServer
let device: Device
before(async () => {
  server = await testServer()
  device = await server.addDevice("desk", "unit-1")
})
after(() => server.stop())

const noFingers: FingerSource = {
  capture: () => Promise.reject(new AppError("client/no-touch", "none")),
  close: () => Promise.resolve(),
}

function scannerContext(more: Partial<ScannerContext> = {}) {
  const said: string[] = []
  const logLine = (text: string): void => void said.push(text)
  const context: ScannerContext = {
    deps: { crypto: server.deps.crypto, clock: systemClock, trusts: () => true },
    connect: () => server.connect(),
    device,
    words: "front desk",
    handlers: scannerHandlers(noFingers, logLine),
    logLine,
    firstWaitMs: 5,
    ...more,
  }
  return { context, said }
}

const request: TouchRequest = {
  stage: Stage.touch,
  scannerId: "unit-1",
  name: "Ada",
  purpose: Purpose.signIn,
  code: "0420",
  windowMs: 20_000,
  remaining: 3,
}
const job = () => ({ signal: new AbortController().signal, capturing: () => {} })

test("a lost link comes back by itself, and ends when it is told to", async () => {
  const { context, said } = scannerContext()
  const stop = new AbortController()
  const running = runScanner(context, stop.signal)
  await until(() => said.some((line) => line.includes("ready")), "it links")
  server.deps.scanners.close()
  await until(() => said.filter((line) => line.includes("ready")).length === 2, "it links again")
  assert.ok(said.some((line) => line.includes("trying again")))
  stop.abort()
  await running
  await until(() => server.deps.scanners.list().length === 0, "it is gone")
})

test("a device that nobody registered says so and keeps asking, until it is registered", async () => {
  const { signer } = device
  const early = { deviceId: "early", scannerId: "unit-2", signer }
  const { context, said } = scannerContext({ device: early })
  const stop = new AbortController()
  const running = runScanner(context, stop.signal)
  await until(() => said.some((line) => line.includes("an operator must register its key")), "it says why")
  const known = await server.deps.store.device("desk")
  const stored = { id: "early", scannerId: "unit-2", publicKey: known?.publicKey ?? "", createdAtMs: 0 }
  await server.deps.store.addDevice(stored, { atMs: 0, event: "admin", reason: "device-added" })
  await until(() => said.some((line) => line.includes("ready")), "it links")
  stop.abort()
  await running
})

test("a server with another identity ends the program: nobody's finger goes there", async () => {
  const deps = { crypto: server.deps.crypto, clock: systemClock, trusts: () => false }
  const { context } = scannerContext({ deps })
  await assert.rejects(runScanner(context, new AbortController().signal), (e) => hasCode(e, "protocol/identity"))
})

test("touches for several servers are taken one after another; what waited too long comes again later", async () => {
  let open = 0
  let most = 0
  const slow: FingerSource = {
    async capture() {
      most = Math.max(most, ++open)
      await delay(60)
      open--
      return { image: touch("ada", "unit-1"), takenAtMs: Date.now() }
    },
    close: () => Promise.resolve(),
  }
  const handlers = scannerHandlers(slow, () => {})
  const answers = await Promise.all([1, 2, 3].map(() => handlers.touch(request, job())))
  assert.equal(most, 1)
  assert.ok(answers.every((answer) => typeof answer === "object"))
  const impatient = { ...request, windowMs: 1050 } // half of it is 525 ms, of which 60 pass behind the first
  const [first, second] = await Promise.all([handlers.touch(request, job()), handlers.touch(impatient, job())])
  assert.equal(typeof first, "object")
  assert.equal(second, DeviceState.noFinger)
})

test(
  "no finger, no scanner, a no and nobody waiting any more are told apart; the person is told the name " +
    "and the code",
  async () => {
    const said: string[] = []
    const failing = (error: Error): FingerSource => ({ ...noFingers, capture: () => Promise.reject(error) })
    const logLine = (text: string): void => void said.push(text)
    assert.equal(await scannerHandlers(noFingers, logLine).touch(request, job()), DeviceState.noFinger)
    assert.match(said[0], /Ada signs in, code 0420/)
    const unplugged = scannerHandlers(failing(new AppError("transport/lost", "unplugged")), logLine)
    assert.equal(await unplugged.touch(request, job()), DeviceState.noScanner)
    said.length = 0
    const gone = { signal: AbortSignal.abort(), capturing: () => {} }
    assert.equal(await unplugged.touch(request, gone), DeviceState.noFinger)
    assert.deepEqual(said, [])
    unplugged.ended(JobEnd.cancelled)
    assert.match(said[0], /nobody waits/)
    const desk: { decline?: () => void } = {}
    const waiting: FingerSource = {
      ...noFingers,
      capture: (_withinMs, watch) =>
        new Promise((_resolve, reject) => {
          watch?.signal?.addEventListener("abort", () => reject(new AppError("client/no-touch", "stopped")))
        }),
    }
    const asked = scannerHandlers(waiting, logLine, desk).touch(request, job())
    await until(() => desk.decline !== undefined, "the person is asked")
    desk.decline?.()
    assert.equal(await asked, DeviceState.declined)
    assert.match(touchWords({ ...request, purpose: Purpose.signUp }), /Ada signs up/)
  },
)
