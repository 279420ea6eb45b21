// Enrols one BMP and compares two others with it: node examples/match-prints.mjs [reference.bmp probe.bmp ...]
// Without arguments it first writes three simulated prints: two of one finger, one of another.
import { writeFile } from "node:fs/promises"
import { ScannerSettings, SyntheticImpressions } from "@sourceprint/capture"
import { encodeBmp, readGrayImage } from "@sourceprint/core"
import { loadMatcher } from "@sourceprint/match"

async function simulatedPrints() {
  const impressions = new SyntheticImpressions(1, ScannerSettings.parse({}))
  const prints = [
    ["enrolled.bmp", { finger: "ada/right-index", impression: 1 }],
    ["probe.bmp", { finger: "ada/right-index", impression: 2 }],
    ["stranger.bmp", { finger: "bob/right-index", impression: 1 }],
  ]
  for (const [file, request] of prints) {
    const { image } = impressions.impression({ ...request, unit: "unit-1", session: 1 })
    await writeFile(file, encodeBmp(image))
  }
  return prints.map(([file]) => file)
}

const given = process.argv.slice(2)
const [reference, ...probes] = given.length > 0 ? given : await simulatedPrints()
const matcher = await loadMatcher("fingerprint", "minutiae")
const template = await matcher.enrol([await readGrayImage(reference)])
for (const file of probes) {
  const score = matcher.compare(template, await matcher.probe(await readGrayImage(file)))
  console.log(`${file}: ${score.toFixed(1)}`)
}
