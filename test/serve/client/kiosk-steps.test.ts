import assert from "node:assert/strict"
import { test } from "node:test"
import { Purpose } from "@sourceprint/protocol/scanner-progress.js"
import { firstKioskSteps, type KioskEvent, kioskStepsAfter } from "@sourceprint/serve/client/kiosk-steps.js"
import { type ClientOutcome, clientOutcomes } from "@sourceprint/serve/client/outcome.js"
import fc from "fast-check"

const touch = { step: "touch", purpose: Purpose.signIn, remaining: 1, windowMs: 1 } as const
const captured = { step: "captured", image: Uint8Array.of(1) } as const
const after = (...events: KioskEvent[]): string =>
  events
    .reduce(kioskStepsAfter, firstKioskSteps)
    .map(({ state }) => ({ waiting: "-", now: "o", good: "+", bad: "x" })[state])
    .join("")
const proved = [{ step: "connected" }, { step: "password" }, { step: "password-accepted" }] as const
const result = (outcome: ClientOutcome): KioskEvent => ({ step: "result", outcome })

test("each outcome marks the step that it is about, and no other", () => {
  assert.equal(after(...proved.slice(0, 2), result("password")), "+x---")
  assert.equal(after(...proved.slice(0, 2), result("device")), "+---x")
  assert.equal(after(...proved.slice(0, 2), result("refused")), "+---x") // a code that is wrong, a name that is taken
  assert.equal(after(...proved, result("passed")), "++--+") // by the password alone
  assert.equal(after(...proved, touch, result("sensor")), "++x--")
  assert.equal(after(...proved, touch, captured), "+++o-")
  assert.equal(after(...proved, touch, captured, result("refused")), "+++xx")
  assert.equal(after(...proved, touch, captured, { step: "again" }, touch), "++o--")
  assert.equal(after(...proved, touch, captured, result("passed")), "+++++")
  assert.equal(after(...proved, touch, { step: "lost", attempt: 1 }), "x----")
  assert.equal(after(...proved, touch, captured, result("busy")), "+++--")
  assert.equal(after(...proved, touch, captured, { step: "result", outcome: undefined }), "+++--")
})

test("whatever comes in whatever order, what is done was told", () => {
  const step = fc.constantFrom<KioskEvent>(
    ...proved,
    touch,
    { step: "face", actions: [] },
    captured,
    { step: "shown" },
    { step: "again" },
    { step: "waiting", forMs: 1 },
    { step: "lost", attempt: 1 },
    ...(Object.keys(clientOutcomes) as ClientOutcome[]).map(result),
  )
  const needed = {
    connection: ["connected"],
    password: ["password-accepted"],
    capture: ["captured", "shown"],
    checks: ["captured", "shown"],
    decision: ["result"],
  } as const
  fc.assert(
    fc.property(fc.array(step), (events) => {
      const told = new Set<string>(events.map((event) => event.step))
      for (const { id, state } of events.reduce(kioskStepsAfter, firstKioskSteps)) {
        if (state === "good")
          assert.ok(
            needed[id].some((name) => told.has(name)),
            `${id} of ${[...told].join(" ")}`,
          )
      }
    }),
  )
})
