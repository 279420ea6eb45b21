import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import type { MinutiaeTemplate } from "@sourceprint/match/fingerprint/minutiae/template-codec.js"
import type { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { sharedData, withoutData } from "../../../support/shared-data.js"

const { compare, enrol } = minutiaeMatcher

for (const database of ["fvc2002/DB1_B", "fvc2002/DB3_B"]) {
  test(`${database}: mates score above strangers`, { skip: withoutData(database) }, async () => {
    const folder = sharedData(database) ?? ""
    const prints: { finger: number; template: MinutiaeTemplate }[] = []
    for (const finger of [101, 102, 104]) {
      for (const impression of [1, 3, 4]) {
        const image = await readGrayImage(join(folder, `${finger}_${impression}.tif`))
        prints.push({ finger, template: await enrol([image]) })
      }
    }
    const scores = prints.flatMap((a, i) =>
      prints.slice(i + 1).map((b) => ({ mates: a.finger === b.finger, score: compare(a.template, b.template) })),
    )
    const of = (mates: boolean): number[] => scores.filter((s) => s.mates === mates).map((s) => s.score)
    assert.ok(Math.min(...of(true)) > Math.max(...of(false)), JSON.stringify(scores))
  })
}

test("a face is no fingerprint", { skip: withoutData("orl_faces") }, async () => {
  const face = await readGrayImage(join(sharedData("orl_faces") ?? "", "s7/3.pgm"))
  for (const image of [face, resize(face, 276, 336)]) {
    await assert.rejects(
      enrol([image]),
      (e) => hasCode(e, "match/failure-to-enrol") && (e as FailureToEnrol).reason === "no-fingerprint",
    )
  }
})
