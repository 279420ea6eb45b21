import { writeFileSync } from "node:fs"
import { evidence } from "@sourceprint/match/fingerprint/minutiae/evidence.js"
import { features, similarityOf } from "@sourceprint/match/fingerprint/minutiae/score.js"
import { rateOf } from "./match-fit.js"
import { enrolDatabase, fingerDatabases } from "./match-images.js"

/** `npm run bench -- match-development [tuning | held-out | all] [rows.json]`: the `minutiae` matcher on every pair of
 *  the part's fingers, one line a database; rows.json gets every comparison with its features, for `match-fit`. */
export async function run([part = "tuning", out]: readonly string[]): Promise<void> {
  const rows: object[] = []
  const rates: number[] = []
  for (const database of fingerDatabases) {
    const enrolled = await enrolDatabase(database, part)
    for (const { file, failure } of enrolled) if (failure) console.log(`${database} ${file}: ${failure}`)
    const start = process.cpuUsage().user
    const scored: { genuine: boolean; score: number }[] = []
    for (let i = 0; i < enrolled.length; i++) {
      for (let j = i + 1; j < enrolled.length; j++) {
        const genuine = enrolled[i].finger === enrolled[j].finger
        const [a, b] = [enrolled[i].template?.views[0], enrolled[j].template?.views[0]]
        const found = a && b ? (a.x.length >= b.x.length ? evidence(a, b) : evidence(b, a)) : undefined
        const score = similarityOf(found)
        scored.push({ genuine, score })
        const qualities = [a?.quality ?? 0, b?.quality ?? 0]
        const row = { database, a: enrolled[i].file, b: enrolled[j].file, genuine, score, qualities }
        if (found) {
          const { pairing, overlap, ...rest } = found
          rows.push({ ...row, features: features(found), support: pairing.support, ...rest, ...overlap })
        } else rows.push(row)
      }
    }
    const compareMs = (process.cpuUsage().user - start) / 1000 / scored.length
    const mean = (value: (e: (typeof enrolled)[number]) => number): number =>
      enrolled.reduce((sum, e) => sum + value(e), 0) / enrolled.length
    rates.push(rateOf(scored))
    console.log(
      `${database}  EER ${(100 * rateOf(scored)).toFixed(2)} %  ` +
        `minutiae ${mean((e) => e.template?.views[0].x.length ?? 0).toFixed(0)}  ` +
        `enrol ${mean((e) => e.cpuMs).toFixed(0)} ms  compare ${compareMs.toFixed(2)} ms`,
    )
  }
  console.log(`${part}: mean EER ${((100 * rates.reduce((a, b) => a + b, 0)) / rates.length).toFixed(2)} %`)
  if (out !== undefined) writeFileSync(out, JSON.stringify(rows))
}
