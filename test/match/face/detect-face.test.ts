import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { readImage } from "@sourceprint/core/image/read-image.js"
import { detectFace } from "@sourceprint/match/face/detect-face.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { beside, darkened, inFrame } from "../../support/face-composites.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const skip = withoutData("faces_colour")
const picture = async (name: string) => (await readImage(join(sharedData("faces_colour") ?? "", `${name}.jpg`))).image
const isSeveral = (error: unknown): boolean => error instanceof FailureToEnrol && error.reason === "several-faces"

test("two people in a picture are refused, the one or the other is found", { skip }, async () => {
  const [one, other] = [await picture("p03_1"), await picture("p13_1")]
  for (const share of [1, 0.7]) await assert.rejects(detectFace(await beside(one, other, share)), isSeveral)
  for (const alone of [one, other]) assert.ok((await detectFace(alone)).score > 0.5)
})

test("a face is found in the dark and small in a large frame, where it is", { skip }, async () => {
  const one = await picture("p03_1")
  const seen = await detectFace(one)
  const dark = await detectFace(darkened(one, 0.12))
  for (const side of ["x", "y", "width"] as const) assert.ok(Math.abs(seen[side] - dark[side]) < 0.1 * seen.width)
  const small = await detectFace(await inFrame(one, 180))
  const nose = small.landmarks[30]
  assert.ok(Math.abs(nose.x - 640) < 30 && nose.y > 300 && nose.y < 450, `${nose.x}, ${nose.y}`)
})
