import { minutiaeMatcher } from "@sourceprint/match/fingerprint/minutiae/matcher.js"
import { gallery, identify } from "@sourceprint/match/identify.js"
import { enrolDatabase, fingerDatabases } from "./match-images.js"

const gallerySize = 10_000

/** `npm run bench -- match-identify [part]`: how deep in the first stage's order the mates lie, over all databases as
 *  one gallery, and the time of one search in 10,000 references (the part's templates over and over). */
export async function run([part = "tuning"]: readonly string[]): Promise<void> {
  const known: {
    finger: string
    template: NonNullable<Awaited<ReturnType<typeof enrolDatabase>>[number]["template"]>
  }[] = []
  for (const database of fingerDatabases) {
    for (const { finger, template } of await enrolDatabase(database, part)) {
      if (template !== undefined) known.push({ finger, template })
    }
  }
  const index = minutiaeMatcher.buildIndex?.(known.map((k) => k.template))
  if (index === undefined) throw new RangeError("the matcher has no index")
  const depth: number[] = [] // of each mate: share of the strangers that stand before it
  for (const [i, { finger, template }] of known.entries()) {
    const strangers = known.filter((k) => k.finger !== finger).length
    let before = 0
    for (const reference of index.shortlist(template, known.length)) {
      if (known[reference].finger !== finger) before++
      else if (reference !== i) depth.push(before / strangers)
    }
  }
  for (const share of [0.01, 0.02, 0.05, 0.1, 0.2]) {
    const found = depth.filter((d) => d <= share).length
    console.log(
      `${100 * share} % of the gallery holds ${((100 * found) / depth.length).toFixed(2)} % of ${depth.length} mates`,
    )
  }
  const large = Array.from({ length: gallerySize }, (_, i) => known[i % known.length].template)
  const ready = gallery(minutiaeMatcher, large)
  identify(minutiaeMatcher, ready, large[0])
  const start = process.cpuUsage().user
  const searches = 5
  for (let s = 0; s < searches; s++) identify(minutiaeMatcher, ready, large[s * 7])
  const ms = (process.cpuUsage().user - start) / 1000 / searches
  console.log(`one search in ${gallerySize}: ${ms.toFixed(0)} ms CPU, one thread`)
}
