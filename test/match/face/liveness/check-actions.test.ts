import assert from "node:assert/strict"
import { test } from "node:test"
import { mirroredIndex } from "@sourceprint/core/image/mirror-landmarks.js"
import { Rng } from "@sourceprint/core/rng.js"
import { checkActions, type LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import { chooseActions } from "@sourceprint/match/face/liveness/choose-actions.js"
import { frameGeometry } from "@sourceprint/match/face/liveness/frame-geometry.js"
import { headTurn } from "@sourceprint/match/face/liveness/head-turn.js"
import { noseRelief } from "@sourceprint/match/face/liveness/nose-relief.js"
import { livenessParameters } from "@sourceprint/match/face/liveness/parameters.js"
import { fitHomography, fitQuadratic } from "@sourceprint/match/face/liveness/surface-map.js"
import fc from "fast-check"
import { headPoints, printed, seenFace } from "../../../support/head-model.js"

const head = headPoints()
type Shown = LivenessAction | "straight" | "between"
const frame = (shown: Shown, points = head) => {
  const yaw = { turnLeft: 0.4, turnRight: -0.4, between: 0.2 }[shown as string] ?? 0
  return frameGeometry(seenFace(points, yaw, shown === "moveCloser" ? 1.4 : 1), shown === "blink" ? 0.4 : 0.7)
}
const faultOf = (shown: readonly Shown[], actions: readonly LivenessAction[], points = head) =>
  checkActions(
    shown.map((one) => frame(one, points)),
    actions,
  ).fault

test("actions in their order, from and back to a straight look, by a head", () => {
  const actions: LivenessAction[] = ["turnLeft", "moveCloser"]
  const good: Shown[] = ["straight", "between", "turnLeft", "turnLeft", "between", "straight", "moveCloser"]
  assert.equal(faultOf(good, actions), undefined)
  assert.equal(faultOf([...good, "straight", "blink", "straight"], actions), undefined) // people blink
  assert.equal(faultOf(["straight", "turnLeft", "blink", "moveCloser"], actions), undefined)
  const { straight, peaks } = checkActions(
    good.map((one) => frame(one)),
    actions,
  )
  assert.deepEqual(
    [straight, peaks],
    [
      [0, 5],
      [2, 6],
    ],
  )
  assert.equal(faultOf(["straight", "blink", "straight", "turnRight"], ["blink", "turnRight"]), undefined)
})

test("other actions, another order, more of them, or none are faults", () => {
  const wrong: [Shown[], LivenessAction[]][] = [
    [
      ["straight", "turnRight", "straight", "moveCloser"],
      ["turnLeft", "moveCloser"],
    ],
    [
      ["straight", "moveCloser", "straight", "turnLeft"],
      ["turnLeft", "moveCloser"],
    ],
    [
      ["straight", "turnLeft", "straight", "turnRight", "straight", "moveCloser"],
      ["turnLeft", "moveCloser"],
    ],
    [
      ["straight", "turnLeft", "moveCloser"],
      ["turnLeft", "moveCloser"],
    ],
    [
      ["turnLeft", "straight", "moveCloser"],
      ["turnLeft", "moveCloser"],
    ],
    [["straight", "straight"], ["turnLeft"]],
    [
      ["straight", "turnLeft"],
      ["turnLeft", "blink"],
    ],
  ]
  for (const [shown, actions] of wrong) assert.equal(faultOf(shown, actions), "actions", shown.join())
  assert.equal(faultOf(["turnLeft", "turnRight"], ["turnLeft"]), "no-straight-look")
})

test("a print has no nose that leads the turn and no cheek that comes into view", () => {
  const paper = printed(head)
  fc.assert(
    fc.property(
      fc.double({ min: 0.15, max: 1, noNaN: true }),
      fc.double({ min: 4, max: 20, noNaN: true }),
      (yaw, distance) => {
        const [still, turned] = [seenFace(paper, 0, 1, distance), seenFace(paper, yaw, 1, distance)]
        const [a, b] = [frameGeometry(still, 0.7).points, frameGeometry(turned, 0.7).points]
        assert.ok(Math.abs(noseRelief(a, b, 1).tip) < 0.01)
        assert.ok(noseRelief(a, b, -1).tip < 0.01)
        for (const toward of [1, -1] as const) {
          const turns = toward * (b[30].x - a[30].x) >= livenessParameters.turnYaw
          assert.ok(!turns || headTurn(a, b, toward) < livenessParameters.headTurn)
        }
      },
    ),
    { numRuns: 60 },
  )
  for (const yaw of [0.3, 0.4, 0.5]) {
    const [a, b] = [frame("straight").points, frameGeometry(seenFace(head, yaw), 0.7).points]
    assert.ok(noseRelief(a, b, 1).tip > 0.1)
    assert.ok(headTurn(a, b, 1) >= livenessParameters.headTurn)
    const [c, d] = [frame("straight").points, frameGeometry(seenFace(head, -yaw), 0.7).points]
    assert.ok(headTurn(c, d, -1) >= livenessParameters.headTurn)
    const [otherA, otherB] = [a, b].map((points) => mirroredIndex.map((i) => ({ x: -points[i].x, y: points[i].y })))
    assert.ok(Math.abs(headTurn(otherA, otherB, -1) - headTurn(a, b, 1)) < 1e-9)
  }
})

test("the fits bring points to where a plane and a parabola take them", () => {
  const from = Array.from({ length: 9 }, (_, i) => ({ x: i % 3, y: Math.floor(i / 3) }))
  const plane = ({ x, y }: { x: number; y: number }) => {
    const z = 0.05 * x - 0.02 * y + 1
    return { x: (2 * x + 0.3 * y + 1) / z, y: (y - 0.2 * x + 3) / z }
  }
  const bent = ({ x, y }: { x: number; y: number }) => ({ x: x + 0.1 * x * x, y: y - 0.05 * x * y })
  for (const [fit, truth] of [
    [fitHomography, plane],
    [fitQuadratic, bent],
  ] as const) {
    const map = fit(from, from.map(truth))
    const [got, want] = [map?.({ x: 1.5, y: 0.7 }), truth({ x: 1.5, y: 0.7 })]
    assert.ok(Math.abs((got?.x ?? 9) - want.x) < 1e-6 && Math.abs((got?.y ?? 9) - want.y) < 1e-6)
  }
  assert.equal(fitQuadratic(Array(8).fill({ x: 1, y: 1 }), from.slice(0, 8)), undefined)
})

test("a challenge is random, has different actions and a turn; every one of them comes up", () => {
  const rng = new Rng("actions")
  const seen = new Set<string>()
  for (let i = 0; i < 500; i++) {
    const chosen = chooseActions(["turnLeft", "turnRight", "blink", "moveCloser"], 2, (below) => rng.below(below))
    assert.equal(new Set(chosen).size, 2)
    assert.ok(chosen.includes("turnLeft") || chosen.includes("turnRight"))
    seen.add(chosen.join())
  }
  assert.equal(seen.size, 10)
  assert.throws(() => chooseActions(["blink"], 1, () => 0), RangeError)
})
