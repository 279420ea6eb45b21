import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { evidence } from "../src/match/fingerprint/minutiae/evidence.js"
import { minutiaeMatcher } from "../src/match/fingerprint/minutiae/matcher.js"
import { features, similarityOf } from "../src/match/fingerprint/minutiae/score.js"
import type { MinutiaeTemplate } from "../src/match/fingerprint/minutiae/template-codec.js"
import { messageOf } from "../src/shared/errors.js"
import { readGrayImage } from "../src/shared/image/read-image.js"
import { rateOf } from "./match-fit.js"

const folder = "../shared/data"
const databases = ["fvc2000", "fvc2002"].flatMap((year) => [1, 2, 3, 4].map((n) => `${year}/DB${n}_B`))
const lastTuningFinger = 105

const parts: Readonly<Record<string, (finger: number) => boolean>> = {
  tuning: (finger) => finger <= lastTuningFinger,
  "held-out": (finger) => finger > lastTuningFinger,
  all: () => true,
}

const cpuMs = (): number => process.cpuUsage().user / 1000

/** `npm run bench -- match-development [tuning | held-out | all] [rows.json]`: the `minutiae` matcher on every pair of
 *  the part's fingers, one line a database; rows.json gets every comparison with its features, for `match-fit`. */
export async function run([part = "tuning", out]: readonly string[]): Promise<void> {
  const rows: object[] = []
  const rates: number[] = []
  for (const database of databases) {
    const files = readdirSync(join(folder, database))
      .filter((file) => file.endsWith(".tif") && parts[part](Number(file.slice(0, 3))))
      .sort()
    const images = await Promise.all(files.map((file) => readGrayImage(join(folder, database, file))))
    let start = cpuMs()
    const templates: (MinutiaeTemplate | undefined)[] = []
    for (const [i, image] of images.entries()) {
      templates.push(
        await minutiaeMatcher.enrol([image]).catch((error: unknown) => {
          console.log(database, files[i], messageOf(error))
          return undefined
        }),
      )
    }
    const enrolMs = (cpuMs() - start) / files.length
    start = cpuMs()
    const scored: { genuine: boolean; score: number }[] = []
    for (let i = 0; i < files.length; i++) {
      for (let j = i + 1; j < files.length; j++) {
        const genuine = files[i].slice(0, 3) === files[j].slice(0, 3)
        const [a, b] = [templates[i]?.views[0], templates[j]?.views[0]]
        const found = a && b ? (a.x.length >= b.x.length ? evidence(a, b) : evidence(b, a)) : undefined
        const score = similarityOf(found)
        scored.push({ genuine, score })
        const row = { database, a: files[i], b: files[j], genuine, score }
        if (found) {
          const { pairing, overlap, ...rest } = found
          rows.push({ ...row, features: features(found), support: pairing.support, ...rest, ...overlap })
        } else rows.push(row)
      }
    }
    const compareMs = (cpuMs() - start) / scored.length
    const count = templates.reduce((sum, t) => sum + (t?.views[0].x.length ?? 0), 0) / templates.length
    rates.push(rateOf(scored))
    console.log(
      `${database}  EER ${(100 * rateOf(scored)).toFixed(2)} %  minutiae ${count.toFixed(0)}  ` +
        `enrol ${enrolMs.toFixed(0)} ms  compare ${compareMs.toFixed(2)} ms`,
    )
  }
  console.log(`${part}: mean EER ${((100 * rates.reduce((a, b) => a + b, 0)) / rates.length).toFixed(2)} %`)
  if (out !== undefined) writeFileSync(out, JSON.stringify(rows))
}
