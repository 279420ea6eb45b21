import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { FailureToEnrol, type Modality } from "@sourceprint/match/matcher.js"
import { optionalPeers, withPeers } from "@sourceprint/match/optional-peers.js"
import { loadMatcher, matchersOf, withDetector } from "@sourceprint/match/registry.js"
import { projectRoot, sharedData, withoutData } from "../support/shared-data.js"
import { syntheticPrint } from "../support/synthetic-print.js"

const face = (person: number, picture: number): Promise<GrayImage> =>
  readGrayImage(join(sharedData("orl_faces") ?? "", `s${person}`, `${picture}.pgm`))
const print = (finger: string, dx: number): Promise<GrayImage> =>
  Promise.resolve(syntheticPrint(finger, { dx, turnRad: dx / 60 }))

/** Two images of one finger or face, and one of another. */
const samples: { readonly [M in Modality]: () => Promise<readonly [GrayImage, GrayImage, GrayImage]> } = {
  fingerprint: async () => [await print("loop", 0), await print("loop", 6), await print("arch", 0)],
  face: async () => [await face(1, 1), await face(1, 2), await face(2, 1)],
}
const CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"
const skipOf = (modality: Modality, id: string): string | false => {
  if (modality === "face" && withoutData("orl_faces")) return withoutData("orl_faces")
  return id.endsWith("-haar") && !existsSync(CASCADE) && "Debian's opencv-data is not installed"
}

for (const modality of ["fingerprint", "face"] as const) {
  for (const entry of matchersOf<Modality>(modality)) {
    test(`${entry.id} keeps the contract of a matcher`, { skip: skipOf(modality, entry.id) }, async () => {
      const matcher = await loadMatcher<Modality>(modality, entry.id)
      assert.deepEqual([matcher.id, matcher.modality], [entry.id, modality])
      assert.ok(matcher.summary.length > 0 && entry.summary.length > 0)
      const [image, again, other] = await samples[modality]()
      const reference = await matcher.enrol([image])
      const [probe, stranger] = [await matcher.probe(again), await matcher.probe(other)]
      const itself = matcher.compare(reference, await matcher.probe(image))
      for (const score of [itself, matcher.compare(reference, probe), matcher.compare(reference, stranger)]) {
        assert.ok(Number.isFinite(score) && score >= 0 && score <= itself)
      }
      assert.ok(matcher.quality(reference) >= 0 && matcher.quality(reference) <= 100)

      const bytes = matcher.codec.encode(reference)
      assert.equal(matcher.compare(matcher.codec.decode(bytes), probe), matcher.compare(reference, probe))
      for (let cut = 0; cut < bytes.length; cut += 1 + Math.floor(bytes.length / 200)) {
        try {
          // A cut that leaves a template leaves one that can be compared.
          assert.ok(Number.isFinite(matcher.compare(matcher.codec.decode(bytes.slice(0, cut)), probe)))
        } catch (error) {
          assert.ok(hasCode(error, "match/template"), `${cut} of ${bytes.length} bytes: ${error}`)
        }
      }

      for (const nothing of [grayImage(16, 16, 128), grayImage(200, 200, 128)]) {
        await assert.rejects(matcher.probe(nothing), FailureToEnrol)
        await assert.rejects(matcher.enrol([nothing]), FailureToEnrol)
      }
      const index = matcher.buildIndex?.([stranger, reference, stranger])
      if (index !== undefined) assert.deepEqual(index.shortlist(probe, 1), [1])
      if (matcher.duplicateTest !== undefined) {
        const sameTouch = matcher.duplicateTest.distortionPx(reference, reference)
        assert.ok(sameTouch !== undefined && sameTouch < matcher.duplicateTest.boundPx)
      }
      const { records } = matcher
      if (records === undefined) return
      assert.ok(records.name.length > 0 && records.loses.length > 0 && records.extension.startsWith("."))
      const read = records.decode(records.encode(reference, { fingerPosition: 2 }))
      assert.ok(matcher.compare(read, probe) > matcher.compare(read, stranger))
      assert.match(records.describe(read), /\d/)
      assert.throws(() => records.decode(records.encode(reference).slice(0, -1)), AppError)
    })
  }
}

test("an unknown matcher is refused by name, and a detector that a matcher cannot use", async () => {
  await assert.rejects(loadMatcher("fingerprint", "tea-leaves"), (e) => hasCode(e, "match/unknown-matcher"))
  assert.equal(withDetector("lbph", "haar"), "lbph-haar")
  assert.throws(
    () => withDetector("embedding", "haar"),
    (e) => hasCode(e, "match/detector"),
  )
})

test("what is not installed is named with the command that installs it", async () => {
  const missing = () => import(["@sourceprint", "nothing"].join("/"))
  await assert.rejects(
    withPeers("orb-harris", missing),
    (e) => hasCode(e, "match/missing-package") && /npm install @techstark\/opencv-js@4/.test(e.message),
  )
  const { peerDependencies } = JSON.parse(await readFile(join(projectRoot, "src/match/package.json"), "utf8"))
  for (const named of Object.values(optionalPeers).flat()) {
    const [, name = "", version] = /^(@?[^@]+)@?(.*)$/.exec(named) ?? []
    assert.ok(peerDependencies[name] !== undefined && ["", peerDependencies[name]].includes(version), named)
  }
})
