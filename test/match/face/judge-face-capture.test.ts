import assert from "node:assert/strict"
import { test } from "node:test"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { defaultFaceThresholds, judgeFaceCapture } from "@sourceprint/match/face/judge-face-capture.js"
import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import { posedPictures, seenFrom, takenAgain } from "../../support/face-frames.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const skip = withoutData("orl_faces")
const actions: LivenessAction[] = ["turnLeft", "moveCloser"]

test("a capture is of one person: another's looks or turns among it are seen", { skip }, async () => {
  const folder = sharedData("orl_faces") ?? ""
  const rng = new Rng("one person")
  const [ada, eve] = [await posedPictures(folder, 1), await posedPictures(folder, 25)]
  const judged = async (looks: readonly GrayImage[], turned: GrayImage, enrols = false) => {
    const near = seenFrom(looks[1], 1.45)
    const frames = [seenFrom(looks[0]), seenFrom(turned), seenFrom(looks[1]), near, seenFrom(looks[2])]
    const counted: number[] = []
    const verdict = await judgeFaceCapture(
      frames.map((frame) => takenAgain(frame, rng)),
      actions,
      references,
      defaultFaceThresholds,
      { enrols, onLooked: (count) => counted.push(count) },
    )
    assert.deepEqual(counted, [1, 2, 3, 4, 5])
    return verdict
  }
  const references: NonNullable<Awaited<ReturnType<typeof judgeFaceCapture>>["template"]>[] = []
  const [a, b] = ada.straight
  const enrolled = await judged([a, b, a], ada.turnLeft[0], true)
  assert.equal(enrolled.fault, undefined)
  assert.ok(enrolled.template !== undefined)
  references.push(enrolled.template)

  const again = await judged([b, a, b], ada.turnLeft[1])
  assert.equal(again.fault, undefined)
  assert.ok(again.score >= defaultFaceThresholds.match && again.alike >= defaultFaceThresholds.samePerson)
  // The mean of two people's looks may come near enough to either of them: it must not be asked.
  for (const looks of [
    [a, eve.straight[0], b],
    [eve.straight[0], a, eve.straight[1]],
  ]) {
    const mixed = await judged(looks, ada.turnLeft[0])
    assert.ok(mixed.fault === "person" || mixed.fault === "liveness", mixed.fault)
    assert.ok(mixed.alike < defaultFaceThresholds.samePerson)
  }
  const turnedByEve = await judged([a, b, a], eve.turnLeft[0])
  assert.ok(turnedByEve.fault === "person" || turnedByEve.fault === "liveness", turnedByEve.fault)
  const allEve = await judged([eve.straight[0], eve.straight[1], eve.straight[0]], eve.turnLeft[0])
  assert.ok(allEve.fault !== undefined && allEve.score < defaultFaceThresholds.match)
})
