import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Instruction } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { R307Sensor } from "@sourceprint/capture/fingerprint/r307/sensor.js"
import { faultNamed, faultOn, randomFaults } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import type { HeldPlaten } from "@sourceprint/capture/fingerprint/twin/device/platen.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { ActionQueue } from "@sourceprint/capture/session/action-queue.js"
import { CaptureDataset } from "@sourceprint/capture/session/capture-dataset.js"
import { obedientOperatorPort } from "@sourceprint/capture/session/obedient-operator-port.js"
import { parseSessionPlan, type SessionPlan, stepsOf } from "@sourceprint/capture/session/plan.js"
import { runSession } from "@sourceprint/capture/session/run-session.js"
import { SessionLog } from "@sourceprint/capture/session/session-log.js"
import { verifyDataset } from "@sourceprint/capture/session/verify-dataset.js"
import { watchScanner } from "@sourceprint/capture/session/watch.js"
import type { OperatorAction, SessionEvent } from "@sourceprint/capture/session.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { Rng } from "@sourceprint/core/rng.js"
import { parse } from "yaml"
import { patternTouches } from "../../support/pattern-touches.js"
import { projectRoot } from "../../support/shared-data.js"
import { mountSmallDisk, unmount, withoutSmallDisk } from "../../support/small-disk.js"
import { twinWithPlaten } from "../../support/twin.js"

const document = {
  name: "trial",
  dataset: "trial",
  scanners: [{ id: "unit-01", port: "memory" }],
  subjects: ["p01", "p02"],
  fingers: ["right-index"],
  impressions: 2,
}
const quick = { packetMs: 200, transferMs: 400, commandScale: 0.15 }

/** Runs the plan on a twin in this process; `react` presses keys. */
async function run(
  folder: string,
  plan: SessionPlan,
  react: (event: SessionEvent, press: (action: OperatorAction) => void, platen: HeldPlaten) => void = () => {},
  chooser = (_: Rng): ReturnType<typeof randomFaults> =>
    () =>
      undefined,
) {
  const { device, platen } = twinWithPlaten({ faults: chooser(new Rng("session")) })
  const { dataset } = await CaptureDataset.open(folder)
  const actions = new ActionQueue()
  const operator = obedientOperatorPort(
    {
      place: (request) => platen.place(patternTouches.impression(request).nibbles),
      lift: () => platen.lift(),
    },
    actions,
  )
  const events: SessionEvent[] = []
  try {
    const result = await runSession({
      plan,
      dataset,
      operatorPort: {
        take: operator.take,
        show: (event) => {
          events.push(event)
          const press = (action: OperatorAction): void => actions.push(action)
          if (event.kind === "consent") react(event, press, platen) // before the obedient answer, which is then idle
          operator.show(event)
          if (event.kind !== "consent") react(event, press, platen)
        },
      },
      openSensor: () => R307Sensor.open(memoryTwin(device, 20), { deadlines: quick }),
      pollMs: 1,
    })
    return { ...result, events, samples: await dataset.samples() }
  } finally {
    dataset.close()
  }
}
const fresh = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "session-")), "set")
const logOf = async (folder: string): Promise<SessionLog> =>
  SessionLog.parse(JSON.parse(await readFile(join(folder, "sessions/trial.json"), "utf8")))

test("a scanner of the plan that is missing is found before anybody touches another", async () => {
  const scanners = [
    { id: "unit-01", model: "R307", port: "a" },
    { id: "unit-02", model: "R307", port: "b" },
  ]
  const operatorPort = { take: () => undefined, show: ({ kind }: SessionEvent) => void shown.push(kind) }
  const shown: string[] = []
  const asked: string[] = []
  const { dataset } = await CaptureDataset.open(await fresh())
  const { device } = twinWithPlaten()
  const session = runSession({
    plan: parseSessionPlan({ ...document, scanners }, "test"),
    dataset,
    operatorPort,
    openSensor: ({ id }) => {
      asked.push(id)
      if (id === "unit-02") return Promise.reject(new AppError("transport/absent", "nothing is at b"))
      return R307Sensor.open(memoryTwin(device, 20), { deadlines: quick })
    },
    pollMs: 1,
  })
  await assert.rejects(session, (error) => hasCode(error, "transport/absent"))
  dataset.close()
  assert.deepEqual([asked, shown], [["unit-01", "unit-02"], ["opened"]])
})

test("a plan is carried out in its order, with prompts, and resumes without asking again", async () => {
  const folder = await fresh()
  const plan = parseSessionPlan({ ...document, consent: { text: "I agree." } }, "test")
  const stopAfterOne = await run(folder, plan, (event, press) => event.kind === "saved" && press({ do: "quit" }))
  assert.equal(stopAfterOne.complete, false)
  const { complete, events, samples } = await run(folder, plan)
  assert.equal(complete, true)
  assert.deepEqual(
    samples.map(({ path }) => path),
    stepsOf(plan).map(({ path }) => path),
  )
  const places = events.flatMap((event) => (event.kind === "place" ? [event.step.path] : []))
  assert.deepEqual(
    places,
    stepsOf(plan)
      .slice(1)
      .map(({ path }) => path),
  )
  assert.deepEqual(
    events.filter(({ kind }) => kind === "consent").map((e) => e.kind === "consent" && e.subject),
    ["p02"],
  )
  assert.equal((await logOf(folder)).consents.length, 2)
  const card = join(folder, "card.md")
  assert.match(
    await readFile(card, "utf8"),
    /4 touches[\s\S]*\| unit-01 \| R307 \| 4 \| 2 \|[\s\S]*2 people agreed to: "I agree\."/,
  )
  await writeFile(card, "mine")
  await run(folder, plan)
  assert.equal(await readFile(card, "utf8"), "mine")
  assert.deepEqual((await verifyDataset(folder)).findings, [])
})

test("without consent nothing of the person is taken", async () => {
  const folder = await fresh()
  const plan = parseSessionPlan({ ...document, consent: { text: "I agree." } }, "test")
  const { samples, complete, progress } = await run(folder, plan, (event, press) => {
    if (event.kind === "consent" && event.subject === "p02") press({ do: "consent", given: false })
  })
  assert.equal(complete, true)
  assert.deepEqual(
    samples.map(({ subject }) => subject),
    ["p01", "p01"],
  )
  assert.deepEqual([progress.done, progress.skipped], [2, 2])
  assert.deepEqual(
    (await logOf(folder)).consents.map(({ given }) => given),
    [true, false],
  )
  assert.equal((await run(folder, plan)).samples.length, 2) // it is not asked again either
})

test("undo removes the last touch and asks again; skip and note are written down", async () => {
  const folder = await fresh()
  const plan = parseSessionPlan(document, "test")
  let undone = false
  const { samples, complete, events } = await run(folder, plan, (event, press) => {
    if (event.kind === "saved" && event.step.impression === 2 && event.step.subject === "p01" && !undone) {
      undone = true
      press({ do: "note", text: "wrong finger" })
      press({ do: "undo" })
    }
    if (event.kind === "place" && event.step.subject === "p02" && event.step.impression === 1) press({ do: "skip" })
  })
  assert.equal(complete, true)
  assert.deepEqual(samples.map(({ path }) => path).sort(), [
    "unit-01/p01_right-index_s1_01.bmp",
    "unit-01/p01_right-index_s1_02.bmp",
    "unit-01/p02_right-index_s1_02.bmp",
  ])
  assert.equal(events.filter(({ kind }) => kind === "undone").length, 1)
  const log = await logOf(folder)
  assert.equal(log.skipped[0].path, "unit-01/p02_right-index_s1_01.bmp")
  assert.equal(log.notes[0].text, "wrong finger")
  assert.equal(log.undone.length, 1)
  assert.deepEqual((await verifyDataset(folder)).findings, [])
})

test("the gate says why; a finger that was not lifted is the same picture", async () => {
  const folder = await fresh()
  const plan = parseSessionPlan({ ...document, subjects: ["p01"], attempts: 2 }, "test")
  const first = patternTouches.impression({
    finger: "p01/right-index",
    unit: "unit-01",
    session: 0,
    impression: 0,
  })
  const { events } = await run(folder, plan, (event, _, platen) => {
    if (event.kind === "place" && event.step.impression === 2 && event.refused === 0) platen.place(first.nibbles)
  })
  const reasons = events.flatMap((event) => (event.kind === "refused" ? event.reasons : []))
  assert.equal(reasons.length, 1)
  assert.match(reasons[0], /the same picture as before/)
})

test("random faults of the wire: every touch of the plan is there, none twice, none wrong", async () => {
  const folder = await fresh()
  const plan = parseSessionPlan(document, "test")
  const { complete, samples } = await run(folder, plan, undefined, (rng) => randomFaults(rng, 0.08))
  assert.equal(complete, true)
  assert.equal(samples.length, 4)
  assert.deepEqual((await verifyDataset(folder)).findings, [])
})

test("a full disk in the middle of a session: the touch waits until there is room", {
  skip: withoutSmallDisk(),
}, async () => {
  const disk = mountSmallDisk("1500k")
  try {
    const ballast = join(disk, "ballast")
    const plan = parseSessionPlan({ ...document, impressions: 6 }, "test")
    await writeFile(ballast, new Uint8Array(1_000_000))
    let full = 0
    const { complete, samples } = await run(join(disk, "set"), plan, (event, press) => {
      if (event.kind !== "trouble") return
      full++
      void rm(ballast).then(() => press({ do: "again" }))
    })
    assert.equal(full, 1)
    assert.equal(complete, true)
    assert.equal(samples.length, 12)
    assert.deepEqual((await verifyDataset(join(disk, "set"))).findings, [])
  } finally {
    unmount(disk)
  }
})

test("watch saves each touch once while the finger stays, through a pulled plug", async () => {
  const folder = await fresh()
  const { device, platen } = twinWithPlaten()
  const sensor = await R307Sensor.open(memoryTwin(device, 20), { deadlines: quick })
  const { dataset } = await CaptureDataset.open(folder)
  const place = (impression: number): void =>
    platen.place(patternTouches.impression({ finger: "x/right-index", unit: "u", session: 0, impression }).nibbles)
  place(0)
  device.faults = faultOn(Instruction.upImage, faultNamed("unplug"))
  const troubles: string[] = []
  const saved = await watchScanner({
    sensor,
    dataset,
    scanner: "unit-01",
    operator: "",
    simulated: true,
    signal: new AbortController().signal,
    pollMs: 1,
    touches: 2,
    onSaved: () => {
      platen.lift()
      setTimeout(() => place(3), 30)
    },
    onTrouble: (message) => troubles.push(message),
  })
  assert.equal(saved, 2)
  assert.equal(troubles.length, 1)
  assert.deepEqual(
    (await dataset.samples()).map(({ path }) => path),
    ["unit-01/touch_00001.bmp", "unit-01/touch_00002.bmp"],
  )
  assert.deepEqual((await verifyDataset(folder)).findings, [])
  dataset.close()
  await sensor.close()
})

test("a plan's mistakes are named", () => {
  const bad = (change: object, part: string): void =>
    assert.throws(
      () => parseSessionPlan({ ...document, ...change }, "plan.yaml"),
      (e) => hasCode(e, "plan/invalid") && e.message.includes(part),
    )
  bad({ fingers: ["left-toe"] }, "fingers.0")
  bad({ subjects: ["a", "a"] }, "a is named twice")
  bad({ subjects: ["../x"] }, "subjects.0")
  bad({ impresions: 2 }, "impresions")
  bad({ order: ["scanner", "scanner", "finger", "impression"] }, "order")
  const order = ["scanner", "finger", "subject", "impression"]
  const plan = parseSessionPlan({ ...document, order, fingers: ["left-ring", "right-ring"] }, "test")
  assert.deepEqual(
    stepsOf(plan)
      .slice(0, 3)
      .map(({ finger, subject, impression }) => [finger, subject, impression]),
    [
      ["left-ring", "p01", 1],
      ["left-ring", "p01", 2],
      ["left-ring", "p02", 1],
    ],
  )
})

test("the plan in docs/r307.md is a plan", async () => {
  const text = await readFile(join(projectRoot, "docs/r307.md"), "utf8")
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
  const plan = parseSessionPlan(parse(yaml), "docs/r307.md")
  assert.equal(stepsOf(plan).length, 2 * 2 * 2 * 10)
  assert.equal(plan.quality.coverage, 0.3)
})
