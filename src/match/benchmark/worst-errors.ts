import { defined } from "@sourceprint/core/defined.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { collectingTrace } from "@sourceprint/core/trace.js"
import type { Gallery, GalleryItem } from "@sourceprint/report/blocks/gallery.js"
import { photoUri } from "@sourceprint/report/image-uri.js"
import { FailureToEnrol, type Matcher } from "../matcher.js"
import type { SetScores } from "./score-file.js"
import { type SeenLayers, seenLayers } from "./trace-picture.js"

interface Placed {
  readonly x: number
  readonly y: number
}

/** The genuine comparisons with the lowest and the impostor comparisons with the highest scores, `each` of both, with
 *  the two images and what the matcher saw in them. */
export async function worstErrors(
  matcher: Matcher<GrayImage, unknown>,
  scores: SetScores,
  threshold: number,
  each: number,
): Promise<Gallery> {
  const by = (genuine: boolean, sign: 1 | -1) =>
    scores.comparisons
      .filter((c) => c.genuine === genuine)
      .sort((a, b) => sign * (a.score - b.score))
      .slice(0, each)
  const items: GalleryItem[] = []
  for (const comparison of [...by(true, 1), ...by(false, -1)]) {
    const wrong = comparison.genuine !== comparison.score >= threshold
    const reference = defined(scores.templates[comparison.reference], "template")
    const probe = defined(scores.templates[comparison.probe], "template")
    const images = [defined(reference.images[0], "image"), defined(probe.images[0], "image")] as const
    const [left, right] = await lookAtPair(matcher, ...images)
    items.push({
      title: comparison.genuine ? "same finger" : "different fingers",
      tone: wrong ? "error" : "plain",
      panels: [
        { label: shortName(reference.id), image: await photoUri(left.image), overlays: left.layers },
        { label: shortName(probe.id), image: await photoUri(right.image), overlays: right.layers },
      ],
      facts: [
        ["score", comparison.score.toPrecision(4)],
        ["threshold", threshold.toPrecision(4)],
        ["quality", `${Math.round(reference.quality)} and ${Math.round(probe.quality)} of 100`],
      ],
    })
  }
  return {
    kind: "gallery",
    title: `${scores.set}: the ${each} lowest genuine and the ${each} highest impostor scores of ${matcher.id}`,
    items,
    note: `Red frame: wrong at the threshold of FMR 1 % on these very scores (${threshold.toPrecision(4)}).`,
  }
}

const shortName = (id: string): string => id.split("/").slice(-2).join("/")

interface Seen {
  readonly image: GrayImage
  readonly layers: readonly SeenLayers[]
}

async function lookAtPair(matcher: Matcher<GrayImage, unknown>, left: string, right: string): Promise<[Seen, Seen]> {
  const a = await lookAt(matcher, left)
  const b = await lookAt(matcher, right)
  const pairs = collectingTrace()
  if (a.template !== undefined && b.template !== undefined) matcher.compare(a.template, b.template, pairs)
  const pairing = (pairs.entries.get("pairing") ?? []) as readonly (readonly [number, number])[]
  const placesOf = (seen: typeof a, side: 0 | 1): Placed[] => {
    const points = (seen.entries.get("minutiae") ?? []) as readonly Placed[]
    return pairing.map((pair) => points[pair[side]]).filter((point) => point !== undefined)
  }
  return [
    { image: a.image, layers: await seenLayers(a.image, a.entries, placesOf(a, 0)) },
    { image: b.image, layers: await seenLayers(b.image, b.entries, placesOf(b, 1)) },
  ]
}

async function lookAt(matcher: Matcher<GrayImage, unknown>, path: string) {
  const trace = collectingTrace()
  const image = await readGrayImage(path).catch(() => grayImage(64, 64, 128))
  const template = await matcher.probe(image, trace).catch((error) => {
    if (error instanceof FailureToEnrol) return undefined
    throw error
  })
  return { image, template, entries: trace.entries }
}
