import { type FingerSet, fingerSets } from "../finger-sets.js"
import { type Enrolled, enrolSet, pairsWithin, type Scored, scorePair } from "../set-scores.js"

/** Pairs of two fingers a set and part, at most. */
const impostors = 4000

const enrolledSets = new Map<string, Enrolled[]>()
/** Every image of the set, enrolled once a run. */
export async function enrolled(set: FingerSet): Promise<Enrolled[]> {
  const known = enrolledSets.get(set.name) ?? (await enrolSet(set))
  enrolledSets.set(set.name, known)
  return known
}

const scoredSets = new Map<string, Scored[]>()
/** The pairs of the set (`pairsWithin`), compared once a run. */
export async function scored(set: FingerSet): Promise<Scored[]> {
  const known =
    scoredSets.get(set.name) ??
    pairsWithin(set.name, await enrolled(set), impostors).map(([a, b]) => scorePair(set.name, a, b))
  scoredSets.set(set.name, known)
  return known
}

/** The pairs of every set whose fingers chose nothing. */
export async function reportingPairs(): Promise<Scored[]> {
  const pairs: Scored[] = []
  for (const set of fingerSets()) pairs.push(...(await scored(set)).filter((pair) => pair.part === "reporting"))
  return pairs
}
