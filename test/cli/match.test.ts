import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { projectRoot } from "../support/shared-data.js"
import { syntheticPrint } from "../support/synthetic-print.js"

let folder: string
const at = (...names: string[]): string => join(folder, ...names)
const match = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const main = join(projectRoot, "src/cli/dist/main.js")
    execFile(process.execPath, [main, "match", ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr })
    })
  })

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "match-"))
  await mkdir(at("gallery", "more"), { recursive: true })
  for (const finger of ["loop", "arch", "whorl"])
    await writeFile(at("gallery", "more", `${finger}.bmp`), encodeBmp(syntheticPrint(finger)))
  await writeFile(at("gallery", "torn.bmp"), "BM, and no more")
  await writeFile(at("loop-again.bmp"), encodeBmp(syntheticPrint("loop", { dx: 9, turnRad: 0.2 })))
  await writeFile(at("arch-again.bmp"), encodeBmp(syntheticPrint("arch", { dx: 9, turnRad: 0.2 })))
  const calibration = {
    format: "sourceprint-match-calibration-1",
    matcher: "minutiae",
    threshold: 6,
    targetFmr: 0.001,
    observed: { fmr: 0.001, fnmr: 0.1, genuine: 100, impostor: 3000 },
    chosenOn: "drawn",
    llr: { slope: 1, offset: -3 },
  }
  await writeFile(at("minutiae.json"), JSON.stringify(calibration))
  await writeFile(at("orb.json"), JSON.stringify({ ...calibration, matcher: "orb-harris" }))
})
after(() => rm(folder, { recursive: true }))

test("a folder is exported but for the file that is no image; its records stand for the images", async () => {
  const exported = await match("export", at("gallery"), "--out", at("records"), "--finger-position", "2")
  assert.equal(exported.code, 1, "one of four could not be exported")
  assert.match(exported.stderr, /1 of 4 files in .* could not be exported, named above.*match\/incomplete/)
  assert.match(exported.stderr, /not exported: torn\.bmp: cannot read .*torn\.bmp/)
  assert.match(exported.stdout, /3 of 4 as ISO\/IEC 19794-2:2005; lost: the ridges/)
  const record = at("records", "more", "loop.fmr")

  const verified = await match("verify", "--reference", record, "--probe", at("loop-again.bmp"))
  assert.match(verified.stdout, /^score \d/)
  const found = await match("identify", "--gallery", at("records"), "--probe", at("loop-again.bmp"))
  assert.match(found.stdout, /\n *1 +more\/loop\.fmr/, found.stdout + found.stderr)

  await writeFile(at("torn.fmr"), "FMR")
  const imported = await match("import", record, at("torn.fmr"), "--out", at("templates"))
  assert.equal(imported.code, 1, "one of two could not be imported")
  assert.match(imported.stdout, /loop\.fmr -> .*loop\.template: \d+ minutiae on 300 × 320 px, quality \d+/)
  assert.match(imported.stderr, /not imported: cannot read .*torn\.fmr: .*shorter than its header/)
  const kept = await match("verify", "--reference", at("templates", "loop.template"), "--probe", record)
  assert.equal(kept.code, 0, kept.stderr)
})

test("without a calibration the matcher's own threshold decides on images, and not on records", async () => {
  const images = ["verify", "--reference", at("gallery", "more", "loop.bmp"), "--probe"]
  const same = await match(...images, at("loop-again.bmp"))
  assert.match(same.stdout, /\nmatch at threshold [\d.]+ \(FMR 0\.0001, FNMR [\d.]+ on /, same.stdout + same.stderr)
  const other = await match(...images, at("arch-again.bmp"), "--fmr", "0.001")
  assert.match(other.stdout, /\nno match at threshold [\d.]+ \(FMR 0\.001, /, other.stdout + other.stderr)
  assert.equal((await match(...images, at("arch-again.bmp"), "--fmr", "0.3")).code, 2)

  await match("export", at("gallery", "more", "loop.bmp"), "--out", at("loop.fmr"))
  const record = await match("verify", "--reference", at("loop.fmr"), "--probe", at("loop-again.bmp"))
  assert.doesNotMatch(record.stdout, /at threshold/)
  const listed = await match("list")
  assert.match(
    listed.stdout,
    /minutiae, thresholds from \d+ genuine and \d+ impostor.*\n +threshold [\d.]+ for FMR 1 %/,
  )
})

test("what no record can be made of says why", async () => {
  const none = await match("export", at("gallery", "torn.bmp"), "--out", at("torn.fmr"))
  assert.equal(none.code, 1)
  assert.match(none.stderr, /holds no image that could be exported/)
  const orb = await match("export", at("loop-again.bmp"), "--out", at("x.fmr"), "--matcher", "orb-harris")
  assert.match(orb.stderr, /orb-harris have no published format; take --matcher minutiae/)
  const haar = await match("verify", "--reference", "a", "--probe", "b", "--detector", "haar")
  assert.match(haar.stderr, /minutiae does not work with the detector "haar"/)
})

test("several fingers or matchers make one decision by their likelihood ratios", async () => {
  const calibrations = ["--calibration", at("minutiae.json"), at("orb.json")]
  const references = [at("gallery", "more", "loop.bmp"), at("gallery", "more", "arch.bmp")]
  const probes = [at("loop-again.bmp"), at("arch-again.bmp")]
  const fingers = await match(
    ...["verify", "--several-fingers", "--reference", ...references, "--probe", ...probes],
    ...calibrations,
  )
  assert.match(fingers.stdout, /fused ln likelihood ratio [\d.]+\nmatch at 3\.00/, fingers.stdout + fingers.stderr)
  const wrong = await match(
    ...["verify", "--several-fingers", "--reference", ...references, "--probe", ...probes.toReversed()],
    ...calibrations,
  )
  assert.match(wrong.stdout, /\nno match at 3\.00/, wrong.stdout + wrong.stderr)
  const matchers = await match(
    ...["verify", "--matcher", "minutiae", "orb-harris", "--reference", references[0], "--probe", probes[0]],
    ...calibrations,
  )
  assert.match(matchers.stdout, /orb-harris/)
  assert.match(matchers.stdout, /fused ln likelihood ratio/)
})
