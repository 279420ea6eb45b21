import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp, readdir, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Writable } from "node:stream"
import { test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { defaultRules } from "@sourceprint/serve/server/auth/limits.js"
import { WorkQueue } from "@sourceprint/serve/server/auth/work-queue.js"
import { pinoLog } from "@sourceprint/serve/server/pino-log.js"
import { runServer } from "@sourceprint/serve/server/run-server.js"
import { ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import { backOffMs } from "@sourceprint/serve/store/back-off.js"
import { webSocketPort } from "@sourceprint/serve/stream-port.js"
import { noLimits, registerDevice } from "@sourceprint/serve/trial/attack-context.js"
import { WebSocket } from "ws"
import { enrolPerson, quickStretching, testServer, textInspector, touch } from "../../support/auth-server.js"

const startWhole = async (lines: string[]) => {
  const folder = await mkdtemp(join(tmpdir(), "serve-"))
  const config = ServeConfig.parse({
    port: 0,
    httpPort: 0,
    store: join(folder, "s.db"),
    keyFile: join(folder, "master.keys"),
    policy: { enrolment: "open" },
  })
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return {
    folder,
    server: await runServer(config, () => Promise.resolve(textInspector), pinoLog("debug", sink)),
  }
}

test("the same bytes over WebSocket sign in; planted secrets are in no log and in no database file", async () => {
  const lines: string[] = []
  const { folder, server } = await startWhole(lines)
  const password = `planted-${toHex(randomBytes(8))}`
  const finger = `planted-${toHex(randomBytes(8))}`
  try {
    const device = await registerDevice(server.deps.store, "kiosk", "unit-1")
    const deps = { crypto: webCrypto, clock: systemClock, trusts: () => true }
    const open = async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/v1/socket`, "sourceprint.1")
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
      return ClientSession.open(deps, webSocketPort(socket))
    }
    const enrolling = await open()
    const credentials = { name: "Ada", password, device, stretching: quickStretching }
    let answer = await enrolling.enrol({
      ...credentials,
      enrolmentId: randomBytes(32),
      code: "",
      finger: "thumb",
    })
    while (answer.type === MessageType.challenge) {
      const shown = { image: touch(finger, "unit-1"), takenAtMs: Date.now() }
      const decision = await enrolling.capture(answer, device, shown)
      if (decision.type !== MessageType.decision || decision.outcome !== Outcome.retry) break
      answer = await enrolling.nextChallenge()
    }
    enrolling.close()
    const session = await open()
    const challenge = await session.signIn(credentials)
    assert.equal(challenge.type, MessageType.challenge)
    if (challenge.type !== MessageType.challenge) return
    const shown = { image: touch(finger, "unit-1"), takenAtMs: Date.now() }
    const decision = await session.capture(challenge, device, shown)
    assert.equal(decision.type === MessageType.decision && decision.outcome, Outcome.pass)
    session.close()
    const health = await fetch(`http://127.0.0.1:${server.httpPort}/healthz`)
    assert.deepEqual(await health.json(), { status: "ok" })
    const metrics = await (await fetch(`http://127.0.0.1:${server.httpPort}/metrics`)).text()
    assert.match(metrics, /sourceprint_outcomes_total\{event="sign-in",reason="passed"\} 1/)
    assert.equal(metrics.includes(password) || metrics.includes(finger), false)

    const keyText = await readFile(join(folder, "master.keys"), "utf8")
    const master = keyText.split(" ")[1].trim()
    const log = lines.join("")
    assert.ok(log.includes("server.started"))
    const token = decision.type === MessageType.decision ? toHex(decision.token) : ""
    for (const secret of [password, finger, master, token]) assert.equal(log.includes(secret), false)
    for (const file of await readdir(folder)) {
      if (file === "master.keys") continue
      const bytes = (await readFile(join(folder, file))).toString("latin1")
      for (const secret of [password, finger, token]) assert.equal(bytes.includes(secret), false, file)
    }
  } finally {
    await server.stop()
  }
})

test("a stop does not wait for a browser that left without closing its connection", async () => {
  const { server } = await startWhole([])
  const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/v1/socket`, "sourceprint.1")
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  socket.pause() // it reads nothing more, and so never agrees to the close that comes
  socket.send(Uint8Array.of(0, 0, 0, 1, 9)) // no hello
  while (!(await server.deps.store.auditAfter(0, 9)).some(({ reason }) => reason === "decryption")) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  const beganMs = performance.now()
  await server.stop()
  assert.ok(performance.now() - beganMs < 10_000)
  socket.terminate()
})

test("a page of another origin may not open the socket", async () => {
  const { server } = await startWhole([])
  try {
    const url = `ws://127.0.0.1:${server.httpPort}/v1/socket`
    for (const [protocols, origin] of [
      ["sourceprint.1", "https://evil.example"],
      ["other", undefined],
    ] as const) {
      const socket = new WebSocket(url, protocols, origin === undefined ? {} : { origin })
      await assert.rejects(new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject)))
    }
  } finally {
    await server.stop()
  }
})

test("guessing is slowed by account and device; the owner on their own device is not locked out", async () => {
  const beganMs = Date.now()
  const clock = { nowMs: () => beganMs, monotonicMs: () => performance.now() } // no pause ends meanwhile
  const server = await testServer({ clock })
  try {
    const home = await server.addDevice("home", "unit-1")
    const evil = await server.addDevice("evil", "unit-2")
    await enrolPerson(server, home, "Ada", "right")
    const signIn = async (device: typeof home, password: string) => {
      const session = await server.session(clock)
      try {
        const answer = await session.signIn({ name: "Ada", password, device, stretching: quickStretching })
        if (answer.type !== MessageType.challenge) return answer.type
        const shown = { image: touch("Ada-finger", device.scannerId), takenAtMs: beganMs }
        const decision = await session.capture(answer, device, shown)
        return decision.type === MessageType.decision ? decision.outcome : decision.type
      } catch (error) {
        assert.ok(hasCode(error, "protocol/password"))
        return "password"
      } finally {
        session.close()
      }
    }
    assert.equal(await signIn(home, "right"), Outcome.pass) // from now on the account knows this device
    const seen = new Set<unknown>()
    for (let i = 0; i < 8; i++) seen.add(await signIn(evil, `guess ${i}`))
    assert.ok(seen.has(MessageType.busy))
    assert.equal(await signIn(evil, "right"), MessageType.busy) // even with the right password now
    assert.equal(await signIn(home, "right"), Outcome.pass)
    assert.ok((await server.reasons()).includes("sign-in limit"))
  } finally {
    await server.stop()
  }
})

test("back-off doubles, is bounded and ends", () => {
  const rule = defaultRules.pair
  assert.equal(backOffMs(rule, rule.free - 1, 0, 0), 0)
  assert.equal(backOffMs(rule, rule.free, 1000, 1000), 1000)
  assert.equal(backOffMs(rule, rule.free + 3, 1000, 1000), 8000)
  assert.equal(backOffMs(rule, 10_000, 1000, 1000), rule.maxMs)
  assert.equal(backOffMs(rule, 10_000, 1000, 1000 + rule.maxMs), 0)
  assert.equal(backOffMs(rule, rule.free, 18_000_000, 1000), 1000) // the clock was set back by five hours
})

test("a full queue says busy, uses nothing up and lets the same capture in later", async () => {
  const queue = new WorkQueue(1, 0)
  const server = await testServer({ queue })
  try {
    const device = await server.addDevice("home", "unit-1")
    await enrolPerson(server, device, "Ada", "right")
    let release: () => void = () => {}
    const blocked = queue.run(
      () =>
        new Promise<void>((resolve) => {
          release = resolve
        }),
    )
    const session = await server.session()
    const challenge = await session.signIn({
      name: "Ada",
      password: "right",
      device,
      stretching: quickStretching,
    })
    assert.equal(challenge.type, MessageType.challenge)
    if (challenge.type !== MessageType.challenge) return
    const shown = { image: touch("Ada-finger", "unit-1"), takenAtMs: Date.now() }
    assert.equal((await session.capture(challenge, device, shown)).type, MessageType.busy)
    release()
    await blocked
    const decision = await session.capture(challenge, device, shown)
    assert.equal(decision.type === MessageType.decision && decision.outcome, Outcome.pass)
    session.close()
  } finally {
    await server.stop()
  }
})

test("known and unknown names answer alike: same sizes, and times that overlap", async () => {
  const server = await testServer({ policy: { factorPolicies: [["password"]] }, limitRules: noLimits })
  try {
    const { store, keys, secrets } = server.deps
    assert.equal(keys.open(secrets.decoyRecord, "secret/decoy").length, 192)
    const session = await server.session()
    const made = await session.enrol({
      name: "Ada",
      password: "right",
      stretching: quickStretching,
      enrolmentId: randomBytes(32),
      code: "",
      finger: "none",
    })
    assert.equal(made.type === MessageType.decision && made.outcome, Outcome.pass)
    session.close()
    assert.ok(await store.accountByName("ada"))
    const times: Record<string, number[]> = { Ada: [], Eve: [] }
    for (let i = 0; i < 24; i++) {
      for (const name of ["Ada", "Eve"]) {
        const guess = await server.session()
        const startMs = performance.now()
        await assert
          .rejects(
            guess.signIn({ name, password: `guess ${i}`, stretching: quickStretching }),
            (e) => hasCode(e, "protocol/password") || true,
          )
          .catch(() => {}) // busy after a while, for both alike
        times[name].push(performance.now() - startMs)
        guess.close()
      }
    }
    const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]
    const ratio = median(times.Ada) / median(times.Eve)
    assert.ok(ratio > 1 / 3 && ratio < 3, `medians differ by a factor of ${ratio}`)
  } finally {
    await server.stop()
  }
})
