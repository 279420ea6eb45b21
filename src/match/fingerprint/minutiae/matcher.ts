import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import { FailureToEnrol, type Matcher } from "../../matcher.js"
import { fingerprintQuality } from "../quality.js"
import { compare } from "./compare.js"
import { extract } from "./extract.js"
import { minutiaeGalleryIndex } from "./gallery-index.js"
import { isoRecords } from "./iso-19794-2.js"
import { atRidgeScale, normaliseScale } from "./normalise-scale.js"
import { minutiaeOperatingPoints } from "./operating-points.js"
import { likelihood, minutiaRules, rigidity } from "./parameters.js"
import { printLogOdds } from "./print-likelihood.js"
import { type PrintView, printView } from "./print-view.js"
import { rigidOverlay } from "./rigid-overlay.js"
import { type MinutiaeTemplate, minutiaeTemplateCodec } from "./template-codec.js"

const maxViews = 16

/** Minutiae with cylinder codes, placed consistently, and the ridges between them laid over each other. */
export const minutiaeMatcher: Matcher<GrayImage, MinutiaeTemplate> = {
  id: "minutiae",
  modality: "fingerprint",
  summary: "minutiae, cylinder codes and ridge agreement under a deformable placement",
  enrol(images, trace = noTrace) {
    return Promise.resolve().then(() => enrolled(images, trace))
  },
  probe(image, trace = noTrace) {
    return Promise.resolve().then(() => ({ views: [viewOf(image, trace)] }))
  },
  compare,
  quality: ({ views }) => Math.max(...views.map((view) => view.quality)),
  codec: minutiaeTemplateCodec,
  records: isoRecords,
  operatingPoints: minutiaeOperatingPoints,
  buildIndex: minutiaeGalleryIndex,
  duplicateTest: { boundPx: rigidity.boundPx, distortionPx },
}

function viewOf(image: GrayImage, trace: Trace): PrintView {
  const analysis = atRidgeScale(normaliseScale(image), (scaled) => extract(scaled, trace))
  const logOdds = printLogOdds(analysis.signs)
  trace.record("print", () => ({ ...analysis.signs, logOdds }))
  if (logOdds < likelihood.refused || analysis.minutiae.length < minutiaRules.minCount) {
    throw new FailureToEnrol("no-fingerprint", "nothing in the image is like ridges: press a clean finger flat")
  }
  const quality = fingerprintQuality(analysis)
  return printView(analysis, logOdds < likelihood.doubtful ? Math.min(quality, likelihood.doubtfulQuality) : quality)
}

/** One view a usable image; the images that are not are left out unless none is. */
function enrolled(images: readonly GrayImage[], trace: Trace): MinutiaeTemplate {
  if (images.length < 1 || images.length > maxViews) {
    throw new RangeError(`a template takes 1 to ${maxViews} images, not ${images.length}`)
  }
  const views: PrintView[] = []
  let failure: FailureToEnrol | undefined
  for (const image of images) {
    try {
      views.push(viewOf(image, trace))
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
      failure = error
    }
  }
  if (views.length === 0 && failure !== undefined) throw failure
  return { views }
}

/** The least over the views: a copy of any of them is a copy. */
function distortionPx(a: MinutiaeTemplate, b: MinutiaeTemplate): number | undefined {
  const found = a.views.flatMap((viewA) => b.views.map((viewB) => rigidOverlay(viewA, viewB)))
  const known = found.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
