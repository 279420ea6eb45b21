import { eyeDistancePx, type Look } from "./face-sight.js"

/** One of the things a frame must be; `level` in [0, 1], good from 1. */
export interface QualityMeter {
  readonly id: "face" | "size" | "sharpness" | "light"
  readonly label: string
  readonly level: number
  /** What to do, or that it is well. */
  readonly words: string
}

/** For frames `DETECTION_WIDTH_PX` wide. The server judges again and by its own measure; these only guide. */
const GOOD_EYE_DISTANCE_PX = 34
const TOO_CLOSE_EYE_DISTANCE_PX = 110
const GOOD_DETAIL = 2.5
const DARK = 55
const BRIGHT = 205
const GOOD_BALANCE = 0.55

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** How good a frame is, in words. */
export function frameQuality({ faces, several, light }: Look): readonly QualityMeter[] {
  const [face] = faces
  if (several || faces.length !== 1 || face === undefined) {
    const words =
      !several && faces.length === 0 ? "No face seen: look into the camera" : "More than one face: only you, please"
    return [
      { id: "face", label: "One face", level: 0, words },
      { id: "size", label: "Distance", level: 0, words: "-" },
      { id: "sharpness", label: "Sharpness", level: 0, words: "-" },
      { id: "light", label: "Light", level: 0, words: "-" },
    ]
  }
  const eyes = eyeDistancePx(face)
  const tooClose = eyes > TOO_CLOSE_EYE_DISTANCE_PX
  const size = tooClose ? TOO_CLOSE_EYE_DISTANCE_PX / eyes : clamp(eyes / GOOD_EYE_DISTANCE_PX)
  const detail = clamp((light?.detail ?? 0) / GOOD_DETAIL)
  return [
    { id: "face", label: "One face", level: 1, words: "Seen" },
    {
      id: "size",
      label: "Distance",
      level: size,
      words: size >= 1 ? "Good" : tooClose ? "Move back a little" : "Come closer",
    },
    {
      id: "sharpness",
      label: "Sharpness",
      level: detail,
      words: detail >= 1 ? "Good" : "Hold still, wipe the lens",
    },
    { id: "light", label: "Light", ...lightMeter(light) },
  ]
}

function lightMeter(light: Look["light"]): Pick<QualityMeter, "level" | "words"> {
  const mean = light?.mean ?? 0
  const balance = light?.balance ?? 0
  if (mean < DARK) return { level: clamp(mean / DARK), words: "Too dark: more light on your face" }
  if (mean > BRIGHT) return { level: clamp((255 - mean) / (255 - BRIGHT)), words: "Too bright: less light" }
  if (balance < GOOD_BALANCE)
    return { level: clamp(balance / GOOD_BALANCE), words: "Lit from one side: turn towards the light" }
  return { level: 1, words: "Good" }
}

/** True when the frame has exactly one good face. */
export const isGoodFrame = (meters: readonly QualityMeter[]): boolean => meters.every(({ level }) => level >= 1)
