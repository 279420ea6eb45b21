import assert from "node:assert/strict"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { get, type IncomingMessage } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { fitScanners } from "@sourceprint/cli/trial/fit-scanners.js"
import { decodeBmp } from "@sourceprint/core/image/bmp.js"
import { silentLog } from "@sourceprint/core/log.js"
import { Check, type Progress, Stage } from "@sourceprint/protocol/scanner-progress.js"
import type { DemoServer } from "@sourceprint/serve/demo/demo-server.js"
import { inspectionPool } from "@sourceprint/serve/server/auth/inspection/inspection-pool.js"
import { quickStretching } from "@sourceprint/serve/trial/attack-context.js"
import { startLinkedContext } from "../../support/linked-context.js"
import { linkedSignIn } from "../../support/linked-sign-in.js"
import { enrolLinked, linkedClient, runLinkedScenario } from "../../support/linked-trial.js"
import { until } from "../../support/patience.js"

const people = [{ name: "Ada", scannerId: "unit-1" }]
let folder: string
let demo: DemoServer

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-"))
  demo = await startLinkedContext({
    folder,
    seed: 11,
    scanners: [{ scannerId: "unit-1", words: "front desk", other: "unit-2" }],
    training: { people: 4, touches: 4 },
    scoreThreshold: 6,
    fitScanners,
    makeInspector: (settings) => inspectionPool(settings, 1, silentLog),
  })
})
after(async () => {
  await demo.stop()
  await rm(folder, { recursive: true, force: true })
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(new URL("/v1/demo/hand", `http://127.0.0.1:${demo.server.httpPort}`), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-sourceprint-demo": "1",
      origin: `http://127.0.0.1:${demo.server.httpPort}`,
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })

test("the right finger on the right scanner signs up and in; another finger, scanner or password not", async () => {
  assert.equal((await enrolLinked(demo, "Ada", "unit-1")).outcome, "enrolled")
  assert.equal((await runLinkedScenario(demo, "genuine", people, 2)).passed, 2)
  const impostor = await runLinkedScenario(demo, "impostor-finger", people, 1)
  assert.deepEqual(impostor.reasons, { finger: 1 })
  const elsewhere = await runLinkedScenario(demo, "wrong-scanner", people, 1)
  assert.deepEqual(elsewhere.reasons, { scanner: 1 })
  const guesser = await runLinkedScenario(demo, "wrong-password", people, 1)
  assert.deepEqual(guesser.reasons, { password: 1 })
})

test("the page sees an outline at once, and after the pass the capture and each check", async () => {
  demo.choices.set("Ada", { finger: "own", unit: "registered" })
  const heard: Progress[] = []
  const context = { ...linkedClient(demo, "unit-1"), hear: (progress: Progress) => void heard.push(progress) }
  const person = { name: "Ada", password: "password of Ada", stretching: quickStretching }
  assert.equal((await linkedSignIn(context, person)).outcome, "passed")
  const images = heard.filter((progress) => progress.stage === Stage.image)
  const sizes = images.map(({ whole, image }) => [whole, decodeBmp(image).image.width])
  assert.deepEqual(sizes, [
    [false, 26],
    [true, 256],
  ])
  const checks = heard.filter((progress) => progress.stage === Stage.check)
  assert.deepEqual(
    checks.map(({ check }) => check),
    Object.values(Check),
  )
})

test("the panel: what is chosen counts at once, for a finger that is late too", async () => {
  assert.equal((await post({ name: "Ada", finger: "none", unit: "registered" })).status, 200)
  const person = { name: "Ada", password: "password of Ada", stretching: quickStretching }
  const signing = linkedSignIn(linkedClient(demo, "unit-1"), person)
  await until(() => demo.server.deps.scanners.list()[0].busy === 1, "the scanner waits")
  const answer = await post({ name: "ada", finger: "own", unit: "registered" })
  assert.deepEqual(await answer.json(), { finger: "own", unit: "registered" })
  assert.equal((await signing).outcome, "passed")
})

test("the panel listens to its own page alone, and the facts say that it is there", async () => {
  const hand = { name: "Ada", finger: "other", unit: "other" }
  assert.equal((await post(hand, { origin: "http://elsewhere.example" })).status, 403)
  assert.equal((await post(hand, { "x-sourceprint-demo": "" })).status, 403)
  assert.equal((await post({ ...hand, finger: "toe" })).status, 400)
  assert.equal((await post("{")).status, 400)
  assert.deepEqual(demo.choices.of("Ada"), { finger: "own", unit: "registered" })
  const at = `http://127.0.0.1:${demo.server.httpPort}`
  assert.deepEqual(await (await fetch(`${at}/v1/demo`)).json(), {
    scanners: [{ scannerId: "unit-1", words: "front desk", other: "unit-2" }],
  })
  assert.deepEqual(await (await fetch(`${at}/v1/demo/hand?name=Ada`)).json(), {
    finger: "own",
    unit: "registered",
  })
  assert.equal((await fetch(`${at}/v1/demo/hand`)).status, 400)
  for (const [host, status] of [
    ["evil.example", 403],
    [`evil.example:${demo.server.httpPort}`, 403],
    [`localhost:${demo.server.httpPort}`, 200],
  ] as const) {
    const asked = get({ port: demo.server.httpPort, path: "/v1/demo", headers: { host } })
    const [answer] = (await once(asked, "response")) as [IncomingMessage]
    answer.resume()
    assert.equal(answer.statusCode, status, host)
  }
  assert.equal(((await (await fetch(`${at}/v1/facts`)).json()) as { demo: boolean }).demo, true)
})
