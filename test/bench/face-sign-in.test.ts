import assert from "node:assert/strict"
import { test } from "node:test"
import { holds } from "../../bench/prove/claim.js"
import { faceSignInFigures } from "../../bench/prove/face-sign-in.js"
import { withoutData } from "../support/shared-data.js"

test("sign-in by face keeps its bounds on a few people", { skip: withoutData("orl_faces") }, async () => {
  // The tricks that must never pass: the rates of the others have no bound.
  const tricks = ["still", "rotated"]
  const size = { numbers: [6, 10], genuine: 1, claimed: 1, photos: 1, tricks, photographed: 1 }
  const figures = await faceSignInFigures(size, () => {})
  assert.ok(figures.length > 8)
  // One capture may fail, of the two that there are; what must never pass is what this looks at.
  const failed = figures.filter((figure) => figure.bound?.value === 0 && !holds(figure))
  assert.deepEqual(failed, [])
})
