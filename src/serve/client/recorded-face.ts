import { randomInt } from "node:crypto"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { Clock } from "@sourceprint/core/clock.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { isHidden } from "@sourceprint/core/files/files-below.js"
import { systemFault } from "@sourceprint/core/files/system-fault.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import { readImage } from "@sourceprint/core/image/read-image.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { findFace } from "@sourceprint/match/face/find-face.js"
import { normalised } from "@sourceprint/match/face/liveness/frame-geometry.js"
import { FailureToEnrol } from "@sourceprint/match/matcher.js"
import type { FaceActionName } from "@sourceprint/protocol/face-action.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"
import sharp from "sharp"
import type { FaceSource } from "./face-source.js"

type Picture = GrayImage | RgbImage

/** Pictures of one person by what the head does in them. */
export interface PosedFaces<P extends Picture = Picture> {
  readonly straight: readonly P[]
  readonly turnLeft: readonly P[]
  readonly turnRight: readonly P[]
  readonly moveCloser: readonly P[]
}

/** In distances between the eyes; a little apart from where the server draws its lines. */
const STRAIGHT = 0.06
const TURNED = 0.14
const STEADY = 1.12
const CLOSER = 1.25
const MAX_PICTURES = 300
const EVERY_MS = 250
const kinds = /\.(jpe?g|png|webp|pgm|bmp|tiff?)$/i

/** Sorts pictures by the pose of the head, against the one that looks straightest, turned ones from the farthest turned
 *  on; pictures without one good face are left out. @throws AppError "client/face" where none shows a face */
export async function posedFaces<P extends Picture>(pictures: readonly P[]): Promise<PosedFaces<P>> {
  const seen: { readonly picture: P; readonly yaw: number; readonly sizePx: number }[] = []
  for (const picture of pictures) {
    try {
      const face = await findFace(picture)
      const [left, right] = [defined(face.landmarks[36]), defined(face.landmarks[45])]
      const sizePx = Math.hypot(right.x - left.x, right.y - left.y)
      seen.push({ picture, yaw: defined(normalised(face)[30]).x, sizePx })
    } catch (error) {
      if (!(error instanceof FailureToEnrol)) throw error
    }
  }
  if (seen.length === 0) throw new AppError("client/face", "none of the pictures shows one good face")
  const first = seen.reduce((a, b) => (Math.abs(b.yaw) < Math.abs(a.yaw) ? b : a))
  const farthest = [...seen].sort((a, b) => Math.abs(b.yaw - first.yaw) - Math.abs(a.yaw - first.yaw))
  const those = (list: typeof seen, which: (turn: number, scale: number) => boolean): P[] =>
    list.filter(({ yaw, sizePx }) => which(yaw - first.yaw, sizePx / first.sizePx)).map(({ picture }) => picture)
  const steady = (scale: number): boolean => scale < STEADY && scale > 1 / STEADY
  return {
    straight: those(seen, (turn, scale) => Math.abs(turn) <= STRAIGHT && steady(scale)),
    turnLeft: those(farthest, (turn) => turn >= TURNED),
    turnRight: those(farthest, (turn) => turn <= -TURNED),
    moveCloser: those(seen, (turn, scale) => Math.abs(turn) <= STRAIGHT && scale >= CLOSER),
  }
}

/** JPEG of the picture as a camera would take it again: every pixel a little off, so that no byte is alike. */
async function takenAgain({ width, height, pixels }: Picture): Promise<Uint8Array> {
  const brighter = randomInt(9) - 4
  const noisy = pixels.map((value) => Math.max(0, Math.min(255, value + brighter + randomInt(5) - 2)))
  const channels = pixels.length === width * height ? 1 : 3
  const scale = Math.max(1, 184 / width)
  const image = sharp(noisy, { raw: { width, height, channels } })
  const size = [Math.round(width * scale), Math.round(height * scale)] as const
  return new Uint8Array(
    await image
      .resize(...size)
      .jpeg({ quality: 92 })
      .toBuffer(),
  )
}

/** A recorded person in front of the terminal client, for tests and demonstrations: pictures of a folder, sorted by
 *  pose. What this can do, a thief of such pictures can do: docs/protocol.md, threat model.
 *  @param logLine told which picture cannot be read, and why; the others are used
 *  @throws AppError "client/face" where the folder has no readable pictures, or none with a face looking straight
 *  ahead */
export async function recordedFace(
  folder: string,
  clock: Clock,
  logLine: (line: string) => void = () => {},
): Promise<FaceSource> {
  const all = await readdir(folder).catch((cause) => {
    throw new AppError("client/face", `cannot read ${folder}: ${systemFault(cause) ?? messageOf(cause)}`, { cause })
  })
  const names = all.filter((name) => kinds.test(name) && !isHidden(name)).sort()
  const pictures: Picture[] = []
  for (const name of names.slice(0, MAX_PICTURES)) {
    try {
      pictures.push((await readImage(join(folder, name))).image)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      logLine(`left out: ${error.message}`)
    }
  }
  if (pictures.length === 0) throw new AppError("client/face", `${folder} has no pictures that can be read`)
  return poseSource(await posedFaces(pictures), clock)
}

/** @throws AppError "client/face" where nobody looks straight ahead */
function poseSource(posed: PosedFaces, clock: Clock): FaceSource {
  const { straight } = posed
  if (straight.length === 0) throw new AppError("client/face", "no picture looks straight ahead")
  const poseOf = (action: FaceActionName): Picture | undefined => {
    const shown = action === "blink" ? [] : posed[action]
    return shown.length === 0 ? undefined : shown[randomInt(shown.length)]
  }
  const look = (i: number): Picture => inTurn(straight, i)
  return {
    async show(actions) {
      const pictures = [look(0)]
      for (const [i, action] of actions.entries()) {
        const pose = poseOf(action)
        if (pose === undefined) return undefined
        pictures.push(pose, look(i + 1))
      }
      const frames: FaceFrame[] = []
      for (const [i, picture] of pictures.entries()) {
        frames.push({ offsetMs: i * EVERY_MS, image: await takenAgain(picture) })
      }
      return { frames, takenAtMs: clock.nowMs() - (frames.length - 1) * EVERY_MS }
    },
  }
}
