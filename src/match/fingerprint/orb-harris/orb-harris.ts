import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { noTrace, type Trace } from "@sourceprint/core/trace.js"
import { FailureToEnrol, type Matcher, type TemplateCodec } from "../../matcher.js"
import { numbersOf, type OpenCv, openCv, withNative } from "../../opencv.js"
import { enhance } from "./enhance.js"
import { orbHarrisParameters as parameters } from "./parameters.js"
import { thin } from "./thin.js"

/** ORB descriptors, 32 bytes each, one row a keypoint. */
export interface OrbTemplate {
  readonly descriptors: Uint8Array<ArrayBuffer>
}

export interface OrbHarrisOptions {
  /** The replaced system computes a skeleton and then looks for corners in the ridges all the same. Default: the
   *  skeleton is used, the kinder reading. */
  readonly discardSkeleton?: boolean
}

const DESCRIPTOR_BYTES = 32
const DESCRIPTOR_BITS = 256
const MIN_SIDE_PX = 64
const MAX_PIXELS = 4_000_000

/** Score of a comparison whose mean distance is `distance`: 256 for identical descriptors, 0 for opposite ones. */
export const scoreOfDistance = (distance: number): number => DESCRIPTOR_BITS - distance

const codec: TemplateCodec<OrbTemplate> = {
  version: 1,
  encode: ({ descriptors }) => Uint8Array.of(1, ...descriptors),
  decode(bytes) {
    if (bytes[0] !== 1 || (bytes.length - 1) % DESCRIPTOR_BYTES !== 0) {
      throw new AppError("match/template", "not an orb-harris template of version 1; enrol again")
    }
    return { descriptors: bytes.slice(1) }
  },
}

/** The replaced system's matcher, step by step: CLAHE, oriented enhancement, Otsu, skeleton, Harris corners, ORB
 *  descriptors, cross-checked brute-force Hamming matches, mean distance. A reference to compare with, not to rely
 *  on. */
export async function orbHarrisMatcher(options: OrbHarrisOptions = {}): Promise<Matcher<GrayImage, OrbTemplate>> {
  const { cv } = await openCv()
  const extract = (image: GrayImage, trace: Trace): OrbTemplate => extractTemplate(cv, image, options, trace)
  return {
    id: options.discardSkeleton ? "orb-harris-discarded-skeleton" : "orb-harris",
    modality: "fingerprint",
    summary: "the replaced system: Harris corners with ORB descriptors on an enhanced skeleton (reference only)",
    enrol: async (images, trace = noTrace) => {
      const first = images[0]
      if (first === undefined) throw new RangeError("enrol needs at least one image")
      return await Promise.resolve(extract(first, trace)) // the replaced system keeps one image a finger
    },
    probe: async (image, trace = noTrace) => await Promise.resolve(extract(image, trace)),
    compare: (reference, probe) => compareDescriptors(cv, reference.descriptors, probe.descriptors),
    quality: ({ descriptors }) => Math.min(100, descriptors.length / DESCRIPTOR_BYTES / 5),
    codec,
  }
}

function extractTemplate(cv: OpenCv, image: GrayImage, options: OrbHarrisOptions, trace: Trace): OrbTemplate {
  const { width, height } = image
  if (Math.min(width, height) < MIN_SIDE_PX) {
    throw new FailureToEnrol("too-small", `${width} × ${height} pixels, at least ${MIN_SIDE_PX} a side are needed`)
  }
  if (width * height > MAX_PIXELS) {
    throw new FailureToEnrol("too-large", `${width} × ${height} pixels, at most ${MAX_PIXELS} in all are taken`)
  }
  const ridges = enhance({ ...image, pixels: equalise(cv, image) })
  if (ridges === undefined) throw new FailureToEnrol("no-fingerprint", "no ridge pattern was found")
  trace.record("enhanced", () => ({ width, height, pixels: ridges.slice() }))
  const skeleton = ridges.slice()
  thin(skeleton, width, height)
  trace.record("skeleton", () => ({ width, height, pixels: skeleton }))
  const descriptors = describeCorners(cv, options.discardSkeleton ? ridges : skeleton, width, height, trace)
  return { descriptors }
}

function equalise(cv: OpenCv, { width, height, pixels }: GrayImage): Uint8Array {
  return withNative((keep) => {
    const source = keep(cv.matFromArray(height, width, cv.CV_8UC1, numbersOf(pixels)))
    const target = keep(new cv.Mat())
    const { clipLimit, tilesPerSide } = parameters.clahe
    const clahe = keep(new cv.CLAHE(clipLimit, new cv.Size(tilesPerSide, tilesPerSide)))
    clahe.apply(source, target)
    return Uint8Array.from(target.data)
  })
}

function describeCorners(
  cv: OpenCv,
  ridges: Uint8Array,
  width: number,
  height: number,
  trace: Trace,
): Uint8Array<ArrayBuffer> {
  const { blockPx, aperturePx, k, keypointAbove } = parameters.harris
  return withNative((keep) => {
    const image = keep(cv.matFromArray(height, width, cv.CV_8UC1, numbersOf(ridges)))
    const corners = keep(new cv.Mat())
    cv.cornerHarris(image, corners, blockPx, aperturePx, k)
    cv.normalize(corners, corners, 0, 255, cv.NORM_MINMAX, cv.CV_32F)
    const response = corners.data32F as Float32Array
    const places = Array.from(response.keys())
      .filter((at) => response[at] > keypointAbove)
      .sort((a, b) => response[b] - response[a] || a - b)
      .slice(0, parameters.maxKeypoints)
    trace.record("keypoints", () => places.map((at) => ({ x: at % width, y: Math.floor(at / width) })))
    const keypoints = keep(new cv.KeyPointVector())
    for (const at of places) {
      const pt = { x: at % width, y: Math.floor(at / width) }
      keypoints.push_back({ pt, size: 1, angle: -1, response: 0, octave: 0, class_id: -1 })
    }
    const descriptors = keep(new cv.Mat())
    const orb = keep(new cv.ORB() as InstanceType<OpenCv["ORB"]> & DescribesKeypoints)
    if (places.length > 0) orb.compute(image, keypoints, descriptors)
    return Uint8Array.from(descriptors.rows > 0 ? descriptors.data : [])
  })
}

/** A method of Feature2D that the package's type declarations leave out (4.12.0-release.1). */
interface DescribesKeypoints {
  compute(
    image: InstanceType<OpenCv["Mat"]>,
    keypoints: InstanceType<OpenCv["KeyPointVector"]>,
    descriptors: InstanceType<OpenCv["Mat"]>,
  ): void
}

/** 0 without a match: the replaced system divides by zero there. */
function compareDescriptors(cv: OpenCv, reference: Uint8Array, probe: Uint8Array): number {
  if (reference.length === 0 || probe.length === 0) return 0
  return withNative((keep) => {
    const rows = (descriptors: Uint8Array) =>
      keep(cv.matFromArray(descriptors.length / DESCRIPTOR_BYTES, DESCRIPTOR_BYTES, cv.CV_8UC1, numbersOf(descriptors)))
    const matches = keep(new cv.DMatchVector())
    const matcher = keep(new cv.BFMatcher(cv.NORM_HAMMING, true))
    matcher.match(rows(reference), rows(probe), matches)
    const count = matches.size()
    if (count === 0) return 0
    let sum = 0
    for (let i = 0; i < count; i++) sum += matches.get(i).distance
    return scoreOfDistance(sum / count)
  })
}
