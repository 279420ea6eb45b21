import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { writeManifest } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { decodeBmp, encodeBmp } from "@sourceprint/core/image/bmp.js"
import { noProgress } from "@sourceprint/core/progress.js"
import { renderReport } from "@sourceprint/report/render-report.js"
import type { Inspector } from "@sourceprint/serve/server/auth/inspection/inspector.js"
import { presentationLines } from "@sourceprint/serve/trial/presentation-report.js"
import { presentedFingers, requirePresentations } from "@sourceprint/serve/trial/presented-fingers.js"
import { runWholeTrial, type TrialRecord } from "@sourceprint/serve/trial/run-whole-trial.js"
import { TrialConfig } from "@sourceprint/serve/trial/trial-config.js"
import { trialReport } from "@sourceprint/serve/trial/trial-report.js"
import { textInspector, touch } from "../../support/auth-server.js"
import { sampleOf } from "../../support/small-dataset.js"

/** Three fingers with four images each (the second is dry: its fourth image does not match), the first with two
 *  artefacts of each of two materials, a fourth with an artefact alone. What is shown stands in the first pixels. */
const shown: readonly { finger: number; impression: number; species?: string; match?: number }[] = [
  ...[1, 2, 3].flatMap((finger) =>
    [1, 2, 3, 4].map((impression) => ({ finger, impression, match: finger === 2 && impression === 4 ? 0 : finger })),
  ),
  ...[5, 6].map((impression) => ({ finger: 1, impression, species: "gelatine" })),
  ...[7, 8].map((impression) => ({ finger: 1, impression, species: "latex" })),
  { finger: 4, impression: 5, species: "latex" },
]

async function dataset(folder: string): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const [i, { finger, impression, species, match = finger }] of shown.entries()) {
    const path = `${i}.bmp`
    const pixels = new Uint8Array(64)
    pixels.set([match, species === undefined ? 0 : 1, species === "latex" ? 1 : 0, i])
    await writeFile(join(folder, path), encodeBmp({ width: 8, height: 8, pixels }))
    const presentation = species === undefined ? "bona-fide" : "attack"
    const labels = { presentation, ...(species && { species }) } as const
    samples.push(sampleOf({ path, subject: `p${finger}`, finger: "1", impression, scanner: "s", ...labels }))
  }
  await writeManifest(folder, samples)
  return samples
}

/** Reads the pixels as words for the text inspector; latex deceives it. */
const pixelInspector: Inspector = {
  ...textInspector,
  inspect: (request) => {
    const [finger, artefact, latex] = decodeBmp(request.image).image.pixels
    const image = touch(`${finger}`, request.scannerId)
    const seen = artefact === 1 && latex === 0
    return textInspector.inspect({
      ...request,
      image: seen ? Buffer.concat([image, Buffer.from(" artefact=yes")]) : image,
    })
  },
  enrol: (images) => textInspector.enrol(images.map((image) => touch(`${decodeBmp(image).image.pixels[0]}`, "s"))),
}

test("a trial enrols a dataset's fingers and brings their other images and artefacts to a real server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "presentations-"))
  try {
    const samples = await dataset(folder)
    const { fingers, attacksLeftOut } = presentedFingers(samples, folder, 3)
    assert.deepEqual(
      fingers.map(({ name, enrolment, bonaFide, attacks }) => [
        name,
        enrolment.length,
        bonaFide.length,
        attacks.length,
      ]),
      [
        ["s p1/1", 3, 1, 4],
        ["s p2/1", 3, 1, 0],
        ["s p3/1", 3, 1, 0],
      ],
    )
    assert.equal(attacksLeftOut, 1)
    const config = TrialConfig.parse({
      name: "presented",
      seed: 1,
      people: 2,
      units: 2,
      factors: ["password"],
      matching: { threshold: 50, liveness: "a-model" },
      presentations: { dataset: folder },
    })
    let asked: string | undefined
    const record: TrialRecord = await runWholeTrial(config, join(folder, "work"), {
      fitScanners: () => Promise.reject(new Error("no scanner is asked for")),
      fitTamperDetector: () => {
        throw new Error("no tamper detector is asked for")
      },
      makeInspector: ({ liveness }) => {
        asked = liveness
        return Promise.resolve(pixelInspector)
      },
      progress: noProgress,
      logLine: () => {},
    })
    assert.equal(asked, "a-model")
    assert.deepEqual(record.presentations?.notEnrolled, [])
    assert.deepEqual(
      record.presentations?.sessions.map(({ finger, species, passed, reason }) => [finger, species, passed, reason]),
      [
        ["s p1/1", undefined, true, "passed"],
        ["s p1/1", "gelatine", false, "liveness"],
        ["s p1/1", "gelatine", false, "liveness"],
        ["s p1/1", "latex", true, "passed"],
        ["s p1/1", "latex", true, "passed"],
        ["s p2/1", undefined, false, "finger"],
        ["s p3/1", undefined, true, "passed"],
      ],
    )
    assert.deepEqual(presentationLines(record), [
      "presentations, bona fide: 2 of 3 let in",
      "presentations, gelatine: 0 of 2 let in",
      "presentations, latex: 2 of 2 let in",
    ])
    const page = renderReport(trialReport(record))
    for (const text of ["Fingers and artefacts of a dataset", "1 of 3 sessions", "2 of 2 sessions", "liveness 2"])
      assert.ok(page.includes(text), text)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test("a dataset that cannot answer the question is refused before anything runs", () => {
  const live = shown.filter(({ species }) => species === undefined)
  const samples = live.map(({ finger, impression }, i) =>
    sampleOf({ path: `${i}`, subject: `p${finger}`, finger: "1", impression, presentation: "bona-fide" }),
  )
  for (const enrolWith of [3, 4])
    assert.throws(
      () => requirePresentations(presentedFingers(samples, "data/x", enrolWith), "data/x", enrolWith),
      (e) => hasCode(e, "trial/presentations") && e.message.includes("data/x"),
    )
})
