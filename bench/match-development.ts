import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import sharp from "sharp"
import { type Evidence, evidence } from "../src/match/fingerprint/minutiae/evidence.js"
import { extract } from "../src/match/fingerprint/minutiae/extract.js"
import { type PrintView, printView } from "../src/match/fingerprint/minutiae/print-view.js"
import { messageOf } from "../src/shared/errors.js"
import type { GrayImage } from "../src/shared/image/gray-image.js"

const folder = "../shared/data"
export const databases = ["fvc2000", "fvc2002"].flatMap((year) => [1, 2, 3, 4].map((n) => `${year}/DB${n}_B`))

async function readImage(path: string): Promise<GrayImage> {
  const { data, info } = await sharp(readFileSync(path))
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) }
}

/** `npm run bench -- match-development [part] [out.json]`: part is "tuning" (fingers 101-105) or "held-out". */
export async function run([part = "tuning", out]: readonly string[]): Promise<void> {
  const rows: unknown[] = []
  let total = 0
  for (const database of databases) {
    const files = readdirSync(join(folder, database))
      .filter((f) => f.endsWith(".tif"))
      .filter((f) =>
        part === "tuning"
          ? Number(f.slice(0, 3)) <= 105
          : part === "held-out"
            ? Number(f.slice(0, 3)) > 105
            : true,
      )
      .sort()
    const views: (PrintView | undefined)[] = []
    let cpu = process.cpuUsage().user
    for (const file of files) {
      try {
        views.push(printView(extract(await readImage(join(folder, database, file))), 50))
      } catch (error) {
        console.log(database, file, messageOf(error))
        views.push(undefined)
      }
    }
    const enrolMs = (process.cpuUsage().user - cpu) / 1000 / files.length
    cpu = process.cpuUsage().user
    const scored: { genuine: boolean; score: number; a: string; b: string; e?: Evidence | undefined }[] = []
    for (let i = 0; i < files.length; i++) {
      for (let j = i + 1; j < files.length; j++) {
        const [a, b] = [views[i], views[j]]
        const e = a && b ? evidence(a, b) : undefined
        scored.push({
          genuine: files[i].slice(0, 3) === files[j].slice(0, 3),
          score: e ? provisional(e) : 0,
          a: files[i],
          b: files[j],
          e,
        })
      }
    }
    const compareMs = (process.cpuUsage().user - cpu) / 1000 / scored.length
    const count = views.reduce((s, v) => s + (v?.x.length ?? 0), 0) / views.length
    const rate = eer(scored)
    total += rate
    console.log(
      `${database}  EER ${(100 * rate).toFixed(2)} %  local ${(100 * eer(scored.map((s) => ({ ...s, score: s.e?.local ?? 0 })))).toFixed(2)}  relaxed ${(100 * eer(scored.map((s) => ({ ...s, score: s.e?.relaxed ?? 0 })))).toFixed(2)}  ridges ${(100 * eer(scored.map((s) => ({ ...s, score: (s.e?.overlap.ridges ?? -1) * Math.sqrt(s.e?.overlap.areaPx ?? 0) })))).toFixed(2)} minutiae ${count.toFixed(0)}  enrol ${enrolMs.toFixed(0)} ms  compare ${compareMs.toFixed(2)} ms`,
    )
    for (const s of scored) {
      if (s.e === undefined) {
        rows.push({ database, a: s.a, b: s.b, genuine: s.genuine })
        continue
      }
      const { pairing, overlap, ...rest } = s.e
      rows.push({
        database,
        a: s.a,
        b: s.b,
        genuine: s.genuine,
        support: pairing.support,
        ...rest,
        ...overlap,
      })
    }
  }
  console.log(`mean EER ${((100 * total) / databases.length).toFixed(2)} %`)
  if (out !== undefined) (await import("node:fs")).writeFileSync(out, JSON.stringify(rows))
}

const provisional = (e: Evidence): number => e.pairing.support * Math.max(0, e.overlap.orientation)

export function eer(scored: readonly { genuine: boolean; score: number }[]): number {
  const sorted = [...scored].sort((p, q) => q.score - p.score)
  const genuine = sorted.filter((s) => s.genuine).length
  const impostor = sorted.length - genuine
  let accepted = 0
  let falseAccepted = 0
  let best = 1
  let gap = 2
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i].genuine) accepted++
    else falseAccepted++
    if (i + 1 < sorted.length && sorted[i + 1].score === sorted[i].score) continue
    const fnmr = 1 - accepted / genuine
    const fmr = falseAccepted / impostor
    if (Math.abs(fnmr - fmr) < gap) {
      gap = Math.abs(fnmr - fmr)
      best = (fnmr + fmr) / 2
    }
  }
  return best
}
