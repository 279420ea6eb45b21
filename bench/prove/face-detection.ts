import { readdirSync } from "node:fs"
import { join } from "node:path"
import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { readImage } from "@sourceprint/core/image/read-image.js"
import { clopperPearsonInterval } from "@sourceprint/core/metrics/clopper-pearson.js"
import { detectFace } from "@sourceprint/match/face/detect-face.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import { beside, darkened, inFrame } from "../../test/support/face-composites.js"
import { sharedData } from "../../test/support/shared-data.js"
import type { Figure } from "./claim.js"

type Picture = GrayImage | RgbImage
type End = "found" | "no-face" | "several-faces" | "too-small" | "too-large"

async function ended(picture: Picture): Promise<End> {
  try {
    await detectFace(picture)
    return "found"
  } catch (error) {
    if (error instanceof FailureToEnrol) return error.reason as End
    throw error
  }
}

function folder(name: string): string {
  const path = sharedData(name)
  if (path === undefined) throw new AppError("prove/data", `../shared/data/${name} is not there`)
  return path
}

const filesOf = (path: string): string[] => readdirSync(path).sort()
const pictureOf = async (path: string): Promise<Picture> => (await readImage(path)).image

function rate(name: string, ends: readonly End[], counted: End, bound: Figure["bound"] | undefined): Figure {
  const hits = ends.filter((end) => end === counted).length
  const { low, high } = clopperPearsonInterval(hits, ends.length)
  const others = ["found", "no-face", "several-faces"].map(
    (end) => `${ends.filter((one) => one === end).length} ${end}`,
  )
  const between = `95 % ${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)}`
  return {
    name,
    value: (100 * hits) / ends.length,
    unit: "%",
    ...(bound && { bound }),
    note: `${hits} of ${ends.length}, ${between}; ${others.join(", ")}`,
  }
}

const PEOPLE = 21
const EACH = 5
/** Sides of the second picture by the first's; heads differ in size between the pictures by more than that. */
const shares = [1, 0.8, 0.65]

/** Other pairs than those that set `several-faces.ts`; the people are the same. */
export async function severalFacesFigures(logLine: (text: string) => void): Promise<Figure[]> {
  const path = folder("faces_colour")
  const names = filesOf(path)
  const picture = (person: number, k: number): Promise<Picture> =>
    pictureOf(join(path, names[(person % PEOPLE) * EACH + k]))
  logLine("two people in one picture")
  const pairs: End[] = []
  for (let person = 0; person < PEOPLE - 2; person++) {
    for (const [k, share] of shares.entries()) {
      const [one, other] = [await picture(person, [0, 2, 3][k]), await picture(person + 5 + k, 0)]
      pairs.push(await ended(await beside(one, other, share)))
    }
  }
  logLine("one person in a picture")
  const alone: End[] = []
  for (const name of names) alone.push(await ended(await pictureOf(join(path, name))))
  const orl: End[] = []
  for (let person = 1; person <= 40; person++) {
    for (const i of [2, 6, 10])
      orl.push(await ended(await pictureOf(join(folder("orl_faces"), `s${person}`, `${i}.pgm`))))
  }
  const webcam: End[] = []
  for (const video of filesOf(folder("replay")).filter((name) => name.includes("_real_"))) {
    const frames = filesOf(join(folder("replay"), video))
    for (let i = 0; i < frames.length; i += 4)
      webcam.push(await ended(await pictureOf(join(folder("replay"), video, frames[i]))))
  }
  const none = { is: "at most", value: 0 } as const
  const few = { is: "at most", value: 1 } as const
  return [
    rate(
      "two people side by side, the second's picture 1, 0.8 or 0.65 of the first's side: accepted",
      pairs,
      "found",
      none,
    ),
    rate("one person, faces_colour: refused as several", alone, "several-faces", few),
    rate("one person, orl_faces: refused as several", orl, "several-faces", few),
    rate("one person, replay, genuine webcam frames: refused as several", webcam, "several-faces", few),
  ]
}

/** Two pictures of every other person: as they are, darkened, and large and small in a frame. */
export async function hardFramesFigures(logLine: (text: string) => void): Promise<Figure[]> {
  const path = folder("faces_colour")
  const pictures: Picture[] = []
  for (const [i, name] of filesOf(path).entries())
    if (i % 10 === 0 || i % 10 === 3) pictures.push(await pictureOf(join(path, name)))
  const measured = async (
    name: string,
    made: (picture: Picture) => Picture | Promise<Picture>,
    bound?: Figure["bound"],
  ) => {
    logLine(name)
    const ends: End[] = []
    let cpuMs = 0
    for (const picture of pictures) {
      const shown = await made(picture)
      const before = process.cpuUsage()
      ends.push(await ended(shown))
      const { user, system } = process.cpuUsage(before)
      cpuMs += (user + system) / 1000
    }
    return { figure: rate(`${name}: found`, ends, "found", bound), eachMs: cpuMs / pictures.length }
  }
  await ended(pictures[0]) // loads the engine
  const atLeast = (value: number) => ({ is: "at least", value }) as const
  const plain = await measured("as they are", (picture) => picture)
  const dark = await measured("darkened, × 0.12", (picture) => darkened(picture, 0.12), atLeast(90))
  const large = await measured("1280 × 720, picture 700 px high", (picture) => inFrame(picture, 700))
  const small = await measured("1280 × 720, picture 180 px high", (picture) => inFrame(picture, 180))
  return [
    ...[plain, dark, large, small].map(({ figure }) => figure),
    { name: "CPU time of a large head at 1280 × 720", value: large.eachMs, unit: "ms" },
    {
      name: "CPU time of a small head by a large one's",
      value: small.eachMs / large.eachMs,
      unit: "times",
      bound: { is: "at most", value: 2 },
    },
  ]
}
