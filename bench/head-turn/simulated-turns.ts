import type { Rng } from "@sourceprint/core/rng.js"
import type { Point } from "@sourceprint/match/face/detect-face.js"
import { normalised } from "@sourceprint/match/face/liveness/frame-geometry.js"
import { headPoints, printed } from "../../test/support/head-model.js"
import { bentSheet, flatSheet, foldedSheet } from "../../test/support/held-photo.js"
import { type TurnSample, turnSample } from "./turn-sample.js"

type Solid = ReturnType<typeof headPoints>[number]

/** Width of a print, and where its middle is below the eyes, in eye distances. */
const PRINT_WIDTH = 2.6
const MIDDLE = 0.3
/** How unsure the landmark network is of a straight and of a turned face, in eye distances (deviation). */
const UNSURE = { straight: 0.006, turned: 0.009 } as const

/** A head of other proportions: wider, longer, deeper, another nose, another jaw. */
function someHead(rng: Rng): Solid[] {
  const [wide, long, deep] = [0.08, 0.08, 0.12].map((spread) => 1 + spread * rng.normal())
  const [nose, jaw] = [1 + 0.15 * rng.normal(), 1 + 0.15 * rng.normal()]
  return headPoints().map(({ x, y, z }, i) => ({
    x: Math.abs(x) > 0.7 ? x * wide : x,
    y: y * long,
    z: z * deep * (i >= 27 && i <= 35 ? nose : i <= 16 ? jaw : 1),
  }))
}

/** By a pinhole camera `distance` eye distances away. */
function seen(
  points: readonly Solid[],
  { yaw = 0, pitch = 0, distance }: { yaw?: number; pitch?: number; distance: number },
  unsure: number,
  rng: Rng,
): readonly Point[] {
  const landmarks = points.map(({ x, y, z }) => {
    const back = z * Math.cos(yaw) - x * Math.sin(yaw)
    const scale = (60 * distance) / (distance - back * Math.cos(pitch) - y * Math.sin(pitch))
    return {
      x: scale * (x * Math.cos(yaw) + z * Math.sin(yaw)) + 60 * unsure * rng.normal(),
      y: scale * (y * Math.cos(pitch) - back * Math.sin(pitch)) + 60 * unsure * rng.normal(),
    }
  })
  return normalised({ x: 0, y: 0, width: 1, height: 1, score: 1, landmarks })
}

export function simulatedHead(rng: Rng): TurnSample | undefined {
  const head = someHead(rng)
  const [distance, pitch] = [rng.between(5, 20), 0.15 * rng.normal()]
  const straight = seen(head, { pitch, distance }, UNSURE.straight, rng)
  const turn = { yaw: rng.between(0.2, 0.65), pitch: pitch + 0.05 * rng.normal(), distance }
  const turned = seen(head, turn, UNSURE.turned, rng)
  return turnSample({ person: undefined, living: true, kind: "simulated head" }, straight, turned)
}

export function simulatedPrint(rng: Rng): TurnSample | undefined {
  const print = printed(someHead(rng))
  const sheet = rng.pick([
    flatSheet,
    bentSheet(rng.between(0.3, 1.8), rng.between(-0.8, 0.8)),
    foldedSheet(rng.between(0.2, 0.9), rng.between(-0.03, 0.03)),
  ])
  const held = print.map(({ x, y }) => {
    const at = sheet(x / PRINT_WIDTH, (y - MIDDLE) / PRINT_WIDTH)
    return { x: at.x * PRINT_WIDTH, y: at.y * PRINT_WIDTH + MIDDLE, z: at.z * PRINT_WIDTH }
  })
  const distance = PRINT_WIDTH * rng.between(1.3, 4)
  const hold = { yaw: rng.pick([1, -1]) * rng.between(0.1, 1), pitch: rng.between(-0.4, 0.4), distance }
  const straight = seen(print, { distance }, UNSURE.straight, rng)
  const turned = seen(held, hold, UNSURE.turned, rng)
  return turnSample({ person: undefined, living: false, kind: "simulated print" }, straight, turned)
}
