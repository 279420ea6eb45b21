import assert from "node:assert/strict"
import { test } from "node:test"
import { likelyMistakes } from "@sourceprint/core/dataset/likely-mistakes.js"
import { formatManifest, parseManifest } from "@sourceprint/core/dataset/manifest.js"
import { alikeNames, plainName } from "@sourceprint/core/dataset/names.js"
import { crossedSamples, sampleOf } from "../../support/small-dataset.js"

test("a clean dataset has none", () => {
  assert.deepEqual(likelyMistakes(crossedSamples({ scanners: 3, subjects: 4, fingers: 2, impressions: 2 })), [])
})

test("names alike, shared impressions, stray folders and mixed resolutions are named", () => {
  const many = Array.from({ length: 40 }, (_, i) => sampleOf({ scanner: "S1", subject: `p${i}` }))
  const lines = likelyMistakes([
    ...many,
    sampleOf({ scanner: "s1", subject: "P1" }),
    sampleOf({ scanner: "S1", subject: "p1", path: "copy.png", dpi: 1000 }),
  ]).join("\n")
  assert.match(lines, /scanner "S1" and "s1": if they are one, a scanner would be its own impostor/)
  assert.match(lines, /subject "p1" and "P1"/)
  assert.match(lines, /S1\/p1_1_1\.bmp and copy\.png both claim impression 1 of p1\/1 on S1/)
  assert.match(lines, /scanner "s1" has 1 images, another has 41: is it a stray folder/)
  assert.match(lines, /scanner "S1" has images at 500, 1000 dpi/)
})

test("attacks taken apart from the fingers are named; a finger and its artefact are not one impression", () => {
  const finger = sampleOf({ session: "1", presentation: "bona-fide" })
  const cast = (session: string) => sampleOf({ session, presentation: "attack", species: "latex", path: "cast.bmp" })
  assert.deepEqual(likelyMistakes([finger, cast("1")]), [])
  assert.deepEqual(likelyMistakes([finger, cast("2")]), [
    "attacks and bona fide presentations share no session: a model may tell the sessions apart",
  ])
})

test("names: one spelling where a manifest is read; what is alike is not made one", () => {
  assert.equal(plainName("\u00a0Ge\u0301rard 2 \n"), "G\u00e9rard 2")
  assert.deepEqual(alikeNames(["S1", "s1", "unit_2", "Unit  2", "S11", "S1-1"]), [
    ["S1", "s1"],
    ["unit_2", "Unit  2"],
  ])
  const text = formatManifest([sampleOf({ path: "a.bmp" })]).replace(",a,", ", a\u0301 ,")
  assert.equal(parseManifest(text, "m.csv")[0].scanner, "\u00e1")
})
