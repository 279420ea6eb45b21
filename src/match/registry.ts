import { AppError } from "@sourceprint/core/errors.js"
import type { Matcher, Modality, ModalityImage } from "./matcher.js"
import { withPeers } from "./optional-peers.js"

/** A matcher that is loaded when somebody asks for it: some bring large libraries or weights with them. The template
 *  type is the matcher's own business, so here it is unknown. */
export interface MatcherEntry<M extends Modality = Modality> {
  readonly id: string
  readonly modality: M
  readonly summary: string
  /** Has `operatingPoints`: can decide without a calibration of one's own. */
  readonly bringsThresholds?: true
  load(): Promise<Matcher<ModalityImage[M], unknown>>
}

const orbHarrisMatcher = async (options?: { readonly discardSkeleton: boolean }) => {
  const module = await withPeers("orb-harris", () => import("./fingerprint/orb-harris/orb-harris.js"))
  return module.orbHarrisMatcher(options)
}
const orbHarris: MatcherEntry<"fingerprint"> = {
  id: "orb-harris",
  modality: "fingerprint",
  summary: "the replaced system: Harris corners with ORB descriptors (reference only)",
  load: () => orbHarrisMatcher(),
}
const orbHarrisDiscarded: MatcherEntry<"fingerprint"> = {
  id: "orb-harris-discarded-skeleton",
  modality: "fingerprint",
  summary: "orb-harris as its source has it: the skeleton is computed and thrown away (reference only)",
  load: () => orbHarrisMatcher({ discardSkeleton: true }),
}

const fingerprint: readonly MatcherEntry<"fingerprint">[] = [
  {
    id: "minutiae",
    modality: "fingerprint",
    summary: "minutiae, cylinder codes and ridge agreement under a deformable placement",
    bringsThresholds: true,
    load: async () => (await import("./fingerprint/minutiae/matcher.js")).minutiaeMatcher,
  },
  orbHarris,
  orbHarrisDiscarded,
]
const face: readonly MatcherEntry<"face">[] = [
  {
    id: "embedding",
    modality: "face",
    summary: "128-number descriptor of a residual network, mean over the enrolled frames",
    load: () =>
      withPeers("faces", async () => (await import("./face/embedding/embedding-matcher.js")).embeddingMatcher),
  },
  {
    id: "embedding-v2",
    modality: "face",
    summary: "embedding of faces cut upright, with their mirror images (signs people in)",
    load: () =>
      withPeers("faces", async () => (await import("./face/embedding/embedding-v2-matcher.js")).embeddingV2Matcher),
  },
  {
    id: "lbph",
    modality: "face",
    summary: "local binary pattern histograms, nearest enrolled frame (the replaced chat system's recogniser)",
    load: () => withPeers("faces", async () => (await import("./face/lbph/lbph-matcher.js")).lbphMatcher()),
  },
  {
    id: "lbph-haar",
    modality: "face",
    summary: "lbph, its faces found by OpenCV's frontal Haar cascade as in the replaced chat system",
    load: () => withPeers("lbph-haar", async () => (await import("./face/haar-finder.js")).lbphHaarMatcher()),
  },
]

const byModality: { readonly [M in Modality]: readonly MatcherEntry<M>[] } = { fingerprint, face }

/** Every matcher of a modality, the default first. */
export const matchersOf = <M extends Modality>(modality: M): readonly MatcherEntry<M>[] => byModality[modality]

/** What finds faces: the network of the matchers, or OpenCV's Haar cascade. */
export const detectors = ["network", "haar"] as const

/** The id of the same matcher with another detector: its scores are others.
 *  @throws AppError "match/detector" where there is none */
export function withDetector(id: string, detector: (typeof detectors)[number]): string {
  if (detector === "network") return id
  const found = face.find((entry) => entry.id === `${id}-${detector}`)
  if (found !== undefined) return found.id
  const why = "a Haar cascade finds no landmarks, which it needs; take --modality face --matcher lbph"
  throw new AppError("match/detector", `${id} does not work with the detector "${detector}": ${why}`)
}

/** @throws AppError "match/unknown-matcher" naming those there are,
 *  "match/missing-package" with the command that installs what is missing */
export async function loadMatcher<M extends Modality>(
  modality: M,
  id: string,
): Promise<Matcher<ModalityImage[M], unknown>> {
  const entry = matchersOf(modality).find((candidate) => candidate.id === id)
  if (entry === undefined) {
    const known = matchersOf(modality).map((candidate) => candidate.id)
    throw new AppError("match/unknown-matcher", `no ${modality} matcher is called "${id}"; known: ${known.join(", ")}`)
  }
  return await entry.load()
}
