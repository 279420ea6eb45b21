import { AppError } from "../shared/errors.js"
import type { Matcher, Modality, ModalityImage } from "./matcher.js"

/** A matcher that is loaded when somebody asks for it: some bring large libraries or weights with them. The template
 *  type is the matcher's own business, so here it is unknown. */
export interface MatcherEntry<M extends Modality = Modality> {
  readonly id: string
  readonly modality: M
  readonly summary: string
  load(): Promise<Matcher<ModalityImage[M], unknown>>
}

const fingerprint: readonly MatcherEntry<"fingerprint">[] = [
  {
    id: "minutiae",
    modality: "fingerprint",
    summary: "minutiae, cylinder codes and ridge agreement under a deformable placement",
    load: async () => (await import("./fingerprint/minutiae/matcher.js")).minutiaeMatcher,
  },
]
const face: readonly MatcherEntry<"face">[] = []

const byModality: { readonly [M in Modality]: readonly MatcherEntry<M>[] } = { fingerprint, face }

/** Every matcher of a modality, the default first. */
export const matchersOf = <M extends Modality>(modality: M): readonly MatcherEntry<M>[] =>
  byModality[modality]

/** @throws AppError "match/unknown-matcher" naming those there are */
export async function loadMatcher<M extends Modality>(
  modality: M,
  id: string,
): Promise<Matcher<ModalityImage[M], unknown>> {
  const entry = matchersOf(modality).find((candidate) => candidate.id === id)
  if (entry === undefined) {
    const known = matchersOf(modality).map((candidate) => candidate.id)
    throw new AppError(
      "match/unknown-matcher",
      `no ${modality} matcher is called "${id}"; known: ${known.join(", ")}`,
    )
  }
  return await entry.load()
}
