import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { crop } from "@sourceprint/core/image/crop.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { FailureToEnrol } from "../matcher.js"
import { numbersOf, openCv, withNative } from "../opencv.js"
import { grayOf } from "./align-face.js"
import type { FoundFace, Point } from "./detect-face.js"
import { type FaceFinder, lbphMatcher } from "./lbph/lbph-matcher.js"
import { faceParameters } from "./parameters.js"

/** The replaced chat system's settings. */
const haarParameters = { scaleFactor: 1.1, minNeighbors: 5 } as const

/** Where the eyes of an upright face lie in the box that the frontal cascades give, as shares of its side: an estimate,
 *  since the cascades name no landmarks. Alignment then only shifts and scales, it does not turn. */
const EYES = { left: { x: 0.31, y: 0.38 }, right: { x: 0.69, y: 0.38 } } as const
const NOSE = { x: 0.5, y: 0.58 } as const

const CASCADE = "haarcascade_frontalface_default.xml"
/** Where OpenCV's data lies: Debian's opencv-data, a build of one's own, Homebrew. */
const PLACES = ["/usr/share/opencv4", "/usr/local/share/opencv4", "/opt/homebrew/share/opencv4"]

/** OpenCV's frontal cascade on this machine, or the file that the environment names in `SOURCEPRINT_HAAR_CASCADE`.
 *  @throws AppError "match/cascade" where there is none */
function frontalCascade(): string {
  const given = process.env.SOURCEPRINT_HAAR_CASCADE
  const paths = given === undefined ? PLACES.map((place) => join(place, "haarcascades", CASCADE)) : [given]
  const found = paths.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new AppError(
    "match/cascade",
    `no Haar cascade of OpenCV at ${paths.join(", ")}: on Debian "apt install opencv-data", elsewhere set ` +
      `SOURCEPRINT_HAAR_CASCADE to the path of ${CASCADE}`,
  )
}

/** `lbph` with faces found by OpenCV's frontal cascade, which is looked for with the first image. */
export function lbphHaarMatcher(): ReturnType<typeof lbphMatcher> {
  let finder: Promise<FaceFinder> | undefined
  return lbphMatcher(async (image) => {
    finder ??= haarFinder(frontalCascade())
    return await (await finder)(image)
  }, "lbph-haar")
}

/** Finds faces with one of OpenCV's cascades.
 *  @throws AppError "match/cascade" when the file is no cascade */
export async function haarFinder(cascadePath: string): Promise<FaceFinder> {
  const { cv } = await openCv()
  const xml = await readFile(cascadePath).catch((cause) => {
    throw new AppError("match/cascade", `cannot read ${cascadePath}: ${messageOf(cause)}`, { cause })
  })
  const name = `cascade-${Math.abs(hashOf(cascadePath))}.xml`
  const emscripten: unknown = cv // its file system is in no type of the package
  const files = emscripten as EmscriptenFiles
  if (!files.FS_analyzePath?.(`/${name}`).exists) {
    files.FS_createDataFile("/", name, xml, true, false, false)
  }
  const classifier = new cv.CascadeClassifier()
  if (!classifier.load(name)) {
    classifier.delete()
    throw new AppError("match/cascade", `${cascadePath} is not a Haar cascade of OpenCV`)
  }
  return async (image) => {
    await Promise.resolve()
    return findWith(cv, classifier, image)
  }
}

/** Share of the shorter side. */
const BORDER = 0.22

interface EmscriptenFiles {
  FS_createDataFile(parent: string, name: string, data: Uint8Array, read: boolean, write: boolean, own: boolean): void
  FS_analyzePath?(path: string): { readonly exists: boolean }
}

const hashOf = (text: string): number => [...text].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) | 0, 7)

type OpenCvModule = Awaited<ReturnType<typeof openCv>>["cv"]

function findWith(
  cv: OpenCvModule,
  classifier: InstanceType<OpenCvModule["CascadeClassifier"]>,
  image: GrayImage | RgbImage,
): FoundFace {
  // A tight portrait leaves the cascade no room to slide: add a border, and bring small pictures to its working size.
  const gray = grayOf(image)
  const border = Math.round(Math.min(gray.width, gray.height) * BORDER)
  const bordered = crop(gray, -border, -border, gray.width + 2 * border, gray.height + 2 * border, 128)
  const scale = Math.max(1, faceParameters.detect.workingSidePx / Math.min(gray.width, gray.height))
  const { width, height, pixels } = resize(
    bordered,
    Math.round(bordered.width * scale),
    Math.round(bordered.height * scale),
  )
  const boxes = withNative((keep) => {
    const source = keep(cv.matFromArray(height, width, cv.CV_8UC1, numbersOf(pixels)))
    const found = keep(new cv.RectVector())
    const { scaleFactor, minNeighbors } = haarParameters
    classifier.detectMultiScale(source, found, scaleFactor, minNeighbors, 0)
    return Array.from({ length: found.size() }, (_, i) => {
      const { x, y, width: w, height: h } = found.get(i)
      return { x: x / scale - border, y: y / scale - border, width: w / scale, height: h / scale }
    })
  })
  if (boxes.length === 0)
    throw new FailureToEnrol("no-face", "the cascade found no face: look at the camera in good light")
  if (boxes.length > 1) throw new FailureToEnrol("several-faces", "more than one face is in the picture")
  const [box] = boxes
  const place = (share: Point): Point => ({ x: box.x + share.x * box.width, y: box.y + share.y * box.height })
  const landmarks: Point[] = Array.from({ length: 68 }, () => place(NOSE))
  landmarks.fill(place(EYES.left), 36, 42)
  landmarks.fill(place(EYES.right), 42, 48)
  return { ...box, score: 1, landmarks }
}
