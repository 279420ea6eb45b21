import { defined } from "@sourceprint/core/defined.js"
import type { GalleryIndex, Matcher } from "./matcher.js"

/** One place of the ranked answer. */
export interface Candidate {
  /** Position of the reference in the gallery. */
  readonly reference: number
  readonly score: number
}

/** A set of references made ready for 1:N search. */
export interface Gallery<Template> {
  readonly references: readonly Template[]
  readonly index?: GalleryIndex<Template>
}

/** How thorough a search is and what it returns. */
export interface IdentifyOptions {
  /** How many candidates to return at most. */
  readonly count?: number
  /** References that get a full comparison where the matcher has an index; default: see `shortlistSize`. */
  readonly shortlist?: number
}

/** Builds the matcher's index over the references, where it has one. */
export function gallery<Image, Template>(
  matcher: Matcher<Image, Template>,
  references: readonly Template[],
): Gallery<Template> {
  const index = matcher.buildIndex?.(references)
  return index === undefined ? { references } : { references, index }
}

/** All of a small gallery; of a large one the tenth part, at least 200 and at most 1,000. */
export const shortlistSize = (gallerySize: number): number =>
  Math.min(gallerySize, 1000, Math.max(200, Math.ceil(gallerySize / 10)))

/** Searches the gallery for the probe: candidates by falling score, equal scores in the gallery's order. */
export function identify<Image, Template>(
  matcher: Matcher<Image, Template>,
  { references, index }: Gallery<Template>,
  probe: Template,
  { count = 10, shortlist = shortlistSize(references.length) }: IdentifyOptions = {},
): Candidate[] {
  const worthwhile = index?.shortlist(probe, shortlist) ?? references.keys()
  return Array.from(worthwhile, (reference) => ({
    reference,
    score: matcher.compare(defined(references[reference], "reference"), probe),
  }))
    .sort((p, q) => q.score - p.score || p.reference - q.reference)
    .slice(0, count)
}

/** The false-match rate a single comparison may have so that a search of `gallerySize` references, taken as
 *  independent, gives any false candidate at rate `fpir` (ISO/IEC 19795-1): 1 - (1 - fpir)^(1 / gallerySize).
 *  @throws RangeError outside 0 < fpir < 1 or gallerySize >= 1 */
export function fmrForGallery(fpir: number, gallerySize: number): number {
  if (!(fpir > 0 && fpir < 1) || !(gallerySize >= 1)) {
    throw new RangeError(`no false-match rate for FPIR ${fpir} over ${gallerySize} references`)
  }
  return -Math.expm1(Math.log1p(-fpir) / gallerySize)
}
