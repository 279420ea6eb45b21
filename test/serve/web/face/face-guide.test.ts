import assert from "node:assert/strict"
import { test } from "node:test"
import { FaceAction } from "@sourceprint/protocol/face-action.js"
import { FaceGuide, type GuidedFace } from "@sourceprint/serve/web/face/face-guide.js"
import { eyeDistancePx, turnOf } from "@sourceprint/serve/web/face/face-sight.js"

/** A face whose 68 points are where the guide looks: eyes `eyesPx` apart, the nose off their middle by `turn`. */
function face({ turn = 0, eyesPx = 50, eyeDarkness = 0.6, tilt = 0 } = {}): GuidedFace {
  const landmarks = new Float32Array(136)
  const put = (index: number, x: number, y: number): void => {
    landmarks[2 * index] = 160 + x * Math.cos(tilt) - y * Math.sin(tilt)
    landmarks[2 * index + 1] = 120 + x * Math.sin(tilt) + y * Math.cos(tilt)
  }
  for (let i = 36; i < 42; i++) put(i, -eyesPx / 2, 0)
  for (let i = 42; i < 48; i++) put(i, eyesPx / 2, 0)
  put(30, turn * eyesPx, 0.6 * eyesPx)
  const box = { x: 100, y: 60, width: 120, height: 120 }
  return { sight: { box, score: 0.9, landmarks }, eyeDarkness }
}

let nowMs = 0
/** Ten frames a second. */
const offer = (guide: FaceGuide, seen: GuidedFace): string => {
  nowMs += 100
  return guide.offer(seen, nowMs)
}

test("turn and size are read off the landmarks, whatever the tilt", () => {
  for (const tilt of [0, 0.3, -0.4]) {
    const { sight } = face({ turn: 0.2, eyesPx: 40, tilt })
    assert.ok(Math.abs(eyeDistancePx(sight) - 40) < 1e-3)
    assert.ok(Math.abs(turnOf(sight) - 0.2) < 1e-3)
  }
})

test("the guide leads from a look ahead through each action back to one", () => {
  const guide = new FaceGuide([FaceAction.turnLeft, FaceAction.moveCloser], 1)
  assert.deepEqual(guide.prompt, { kind: "ahead" })
  assert.equal(offer(guide, face({ turn: 0.15 })), "between")
  assert.equal(offer(guide, face()), "ahead")
  assert.deepEqual(guide.prompt, { kind: "action", action: FaceAction.turnLeft })
  assert.equal(offer(guide, face({ turn: -0.3 })), "between", "the other side")
  assert.equal(offer(guide, face({ turn: 0.1 })), "between", "not far enough")
  assert.ok(Math.abs(guide.reached(face({ turn: 0.0625 })) - 0.5) < 0.01)
  assert.equal(offer(guide, face({ turn: 0.2 })), "action")
  assert.equal(offer(guide, face({ turn: 0.2 })), "between", "not back yet")
  assert.equal(offer(guide, face({ turn: 0.01 })), "ahead")
  assert.equal(offer(guide, face({ eyesPx: 60 })), "between")
  assert.equal(offer(guide, face({ eyesPx: 66 })), "action")
  assert.equal(offer(guide, face({ eyesPx: 66 })), "between", "not back yet")
  assert.equal(guide.done, false)
  assert.equal(offer(guide, face({ eyesPx: 51 })), "ahead")
  assert.equal(guide.done, true)
  assert.equal(guide.progress, 1)
})

test("closed eyes are one frame, the looks ahead as many as asked", () => {
  const guide = new FaceGuide([FaceAction.blink], 3)
  for (let i = 0; i < 3; i++) assert.equal(offer(guide, face()), "ahead")
  assert.equal(offer(guide, face({ eyeDarkness: 0.5 })), "between")
  assert.equal(offer(guide, face({ eyeDarkness: 0.4 })), "action")
  assert.equal(offer(guide, face({ eyeDarkness: 0.4 })), "between", "a look ahead has open eyes")
  for (let i = 0; i < 3; i++) assert.equal(offer(guide, face()), "ahead")
  assert.equal(guide.done, true)
})

test("looks ahead that differ a little from each other are all looks ahead, and turns count from their middle", () => {
  const guide = new FaceGuide([FaceAction.turnLeft, FaceAction.turnRight], 2)
  assert.equal(offer(guide, face({ turn: 0.06, eyeDarkness: 0.7 })), "ahead")
  assert.equal(offer(guide, face({ turn: -0.02, eyesPx: 53, eyeDarkness: 0.5 })), "ahead")
  for (let i = 0; i < 2; i++) assert.equal(offer(guide, face({ turn: 0.16 })), "action")
  for (const turn of [-0.07, 0.05]) assert.equal(offer(guide, face({ turn })), "ahead")
  assert.equal(offer(guide, face({ turn: -0.11 })), "between", "not far enough")
  for (let i = 0; i < 2; i++) assert.equal(offer(guide, face({ turn: -0.15 })), "action")
  for (let i = 0; i < 2; i++) assert.equal(offer(guide, face()), "ahead")
  assert.equal(guide.done, true)
})

test("where frames come slowly fewer of them will do", () => {
  const guide = new FaceGuide([FaceAction.turnLeft], 12)
  const ends = [face(), face({ turn: 0.2 }), face()].map((seen, stage) => {
    let frames = 1
    for (; guide.progress < (stage + 1) / 3; frames++) guide.offer(seen, 2100 * frames)
    return frames - 1
  })
  assert.deepEqual(ends, [3, 3, 3])
  assert.equal(guide.done, true)
})

test("a first look from too near does not hold a person up: the guide starts over", () => {
  const guide = new FaceGuide([FaceAction.moveCloser], 1)
  assert.equal(guide.offer(face({ eyesPx: 80 }), 0), "ahead")
  const offered = Array.from({ length: 100 }, (_, i) => guide.offer(face({ eyesPx: 50 }), 100 * (i + 1)))
  assert.equal(offered.indexOf("over"), 79)
  assert.equal(offered.indexOf("ahead"), 80)
  assert.equal(guide.offer(face({ eyesPx: 66 }), 11_000), "action")
  assert.equal(guide.offer(face({ eyesPx: 51 }), 11_100), "ahead")
  assert.equal(guide.done, true)
})
