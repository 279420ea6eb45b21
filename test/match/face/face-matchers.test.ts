import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { type GrayImage, grayImage, type RgbImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { alignFace, eyesOf } from "@sourceprint/match/face/align-face.js"
import { detectFace } from "@sourceprint/match/face/detect-face.js"
import { DESCRIPTOR_LENGTH, embeddingMatcher } from "@sourceprint/match/face/embedding/embedding-matcher.js"
import { embeddingV2Matcher } from "@sourceprint/match/face/embedding/embedding-v2-matcher.js"
import { faceQuality } from "@sourceprint/match/face/face-quality.js"
import { haarFinder } from "@sourceprint/match/face/haar-finder.js"
import { lbphMatcher } from "@sourceprint/match/face/lbph/lbph-matcher.js"
import { FailureToEnrol, type Matcher } from "@sourceprint/match/matcher.js"
import { ridgeImage } from "../../support/ridge-image.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const skip = withoutData("orl_faces")
const faceOf = (person: number, image: number): Promise<GrayImage> =>
  readGrayImage(join(sharedData("orl_faces") ?? "", `s${person}`, `${image}.pgm`))

test("a face is found, its eyes end up level and where they belong", { skip }, async () => {
  const image = await faceOf(1, 1)
  const face = await detectFace(image)
  const [left, right] = eyesOf(face)
  assert.ok(left.x < right.x && left.y > 20 && left.y < 70)
  const aligned = alignFace(image, face)
  assert.deepEqual([aligned.width, aligned.height], [96, 112])
  const again = await detectFace({ ...aligned })
  const eyes = eyesOf(again)
  assert.ok(Math.abs(eyes[0].x - 0.3 * 96) < 6 && Math.abs(eyes[1].x - 0.7 * 96) < 6)
  assert.ok(Math.abs(eyes[0].y - eyes[1].y) < 5)
  const quality = faceQuality(face, aligned)
  assert.ok(quality.overall > 20 && quality.overall <= 100)
})

for (const matcher of [lbphMatcher(), embeddingMatcher, embeddingV2Matcher] as Matcher<
  GrayImage | RgbImage,
  unknown
>[]) {
  test(`${matcher.id}: two pictures of one person are more alike than two people`, { skip }, async () => {
    const templates: { person: number; reference: unknown; probe: unknown }[] = []
    for (const person of [1, 2, 3]) {
      templates.push({
        person,
        reference: await matcher.enrol([await faceOf(person, 1), await faceOf(person, 2)]),
        probe: await matcher.probe(await faceOf(person, 3)),
      })
    }
    for (const { person, reference } of templates) {
      const scores = templates.map((t) => ({ person: t.person, score: matcher.compare(reference, t.probe) }))
      scores.sort((a, b) => b.score - a.score)
      assert.equal(scores[0].person, person)
    }
    const { reference, probe } = templates[0]
    const stored = matcher.codec.decode(matcher.codec.encode(reference))
    assert.equal(matcher.compare(stored, probe), matcher.compare(reference, probe))
    assert.equal(matcher.quality(stored), matcher.quality(reference))
    assert.ok(matcher.compare(probe, probe) >= matcher.compare(reference, probe))
  })

  test(`${matcher.id}: what shows no face fails to enrol with its reason`, async () => {
    const noise = new Rng("noise")
    const static_ = {
      width: 120,
      height: 120,
      pixels: Uint8Array.from({ length: 14_400 }, () => noise.below(256)),
    }
    const reasons: string[] = []
    for (const image of [
      grayImage(16, 16, 100),
      grayImage(5000, 4000, 100),
      grayImage(120, 120, 90),
      static_,
      ridgeImage(1),
    ]) {
      reasons.push(
        await matcher.probe(image).then(
          () => "enrolled",
          (e) => (e instanceof FailureToEnrol ? e.reason : String(e)),
        ),
      )
    }
    assert.deepEqual(reasons, ["too-small", "too-large", "no-face", "no-face", "no-face"])
  })

  test(`${matcher.id}: damaged templates are refused`, () => {
    for (const bad of [new Uint8Array(0), Uint8Array.of(1, 50), new Uint8Array(2 + DESCRIPTOR_LENGTH * 4)]) {
      assert.throws(
        () => matcher.codec.decode(bad),
        (e) => hasCode(e, "match/template"),
      )
    }
  })
}

test("near copies of a frame are kept once", { skip }, async () => {
  const image = await faceOf(4, 1)
  const brighter = { ...image, pixels: image.pixels.map((v) => Math.min(255, v + 3)) }
  const template = await lbphMatcher().enrol([image, brighter, image, await faceOf(4, 6)])
  assert.equal(template.frames.length, 2)
})

const CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"
const noCascade = existsSync(CASCADE) ? skip : "OpenCV's cascades (Debian: opencv-data) are not on this machine"
test("a Haar cascade can stand in for the detector", { skip: noCascade }, async () => {
  const matcher = lbphMatcher(await haarFinder(CASCADE))
  const a = await matcher.probe(await faceOf(1, 1))
  const b = await matcher.probe(await faceOf(1, 2))
  assert.ok(matcher.compare(a, b) > 0)
  await assert.rejects(matcher.probe(grayImage(120, 120, 90)), FailureToEnrol)
  await assert.rejects(haarFinder("/nowhere.xml"), (e) => hasCode(e, "match/cascade"))
})
