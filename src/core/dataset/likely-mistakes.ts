import { countBy } from "./count-by.js"
import { alikeNames } from "./names.js"
import type { Sample } from "./sample.js"

/** What in a manifest is probably not meant, a line each; the images are not looked at. */
export function likelyMistakes(samples: readonly Sample[]): string[] {
  return [
    ...alikeLines("scanner", samples, "a scanner would be its own impostor"),
    ...alikeLines("subject", samples, "a person would be on both sides of a split"),
    ...alikeLines("collection", samples, "a selection by name takes one of them"),
    ...sharedImpressions(samples),
    ...rareScanners(samples),
    ...mixedResolutions(samples),
    ...apartPresentations(samples),
  ]
}

const alikeLines = (column: "scanner" | "subject" | "collection", samples: readonly Sample[], risk: string): string[] =>
  alikeNames(samples.map((sample) => sample[column]).filter((name) => name !== "")).map(
    (group) => `${column} ${group.map((name) => `"${name}"`).join(" and ")}: if they are one, ${risk}`,
  )

/** Two files that claim to be the same touch. */
function sharedImpressions(samples: readonly Sample[]): string[] {
  const claims = new Map<string, string[]>()
  for (const { path, scanner, subject, finger, impression, session, collection, presentation } of samples) {
    if (subject === "") continue
    const key = JSON.stringify([scanner, subject, finger, impression, session, collection, presentation])
    claims.set(key, [...(claims.get(key) ?? []), path])
  }
  const shared = [...claims].filter(([, paths]) => paths.length > 1)
  const lines = shared.slice(0, SHOWN).map(([key, paths]) => {
    const [scanner, subject, finger, impression] = JSON.parse(key) as string[]
    return `${paths.join(" and ")} both claim impression ${impression} of ${subject}/${finger} on ${scanner}`
  })
  const more = shared.length - lines.length
  return more > 0 ? [...lines, `${more} more impressions are claimed by several files`] : lines
}
const SHOWN = 5

/** A class with a handful of images beside classes with many is mostly a stray folder. */
function rareScanners(samples: readonly Sample[]): string[] {
  const counts = countBy(samples, ({ scanner }) => scanner)
  const most = Math.max(...counts.values())
  return [...counts]
    .filter(([, count]) => count * 20 <= most)
    .map(([scanner, count]) => `scanner "${scanner}" has ${count} images, another has ${most}: is it a stray folder?`)
}

function mixedResolutions(samples: readonly Sample[]): string[] {
  const lines: string[] = []
  for (const scanner of new Set(samples.map((sample) => sample.scanner))) {
    const dpis = new Set(samples.filter((sample) => sample.scanner === scanner).map(({ dpi }) => dpi))
    if (dpis.size > 1) lines.push(`scanner "${scanner}" has images at ${[...dpis].join(", ")} dpi: a unit has one`)
  }
  return lines
}

/** Where attacks were never taken under the circumstances of fingers, a model can tell the circumstances apart. */
const apartPresentations = (samples: readonly Sample[]): string[] =>
  (["scanner", "session"] as const).flatMap((column) => {
    const of = (wanted: Sample["presentation"]): Set<string> =>
      new Set(samples.filter(({ presentation }) => presentation === wanted).map((sample) => sample[column]))
    const [fingers, attacks] = [of("bona-fide"), of("attack")]
    const isApart = fingers.size > 0 && attacks.size > 0 && [...attacks].every((name) => !fingers.has(name))
    return isApart
      ? [`attacks and bona fide presentations share no ${column}: a model may tell the ${column}s apart`]
      : []
  })
