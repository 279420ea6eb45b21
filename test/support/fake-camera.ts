import { open } from "node:fs/promises"
import { utf8 } from "@sourceprint/core/bytes.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"
import { Rng } from "@sourceprint/core/rng.js"
import { takenAgain } from "./face-frames.js"

/** One picture of a film, held so long. */
export interface Shot {
  readonly image: GrayImage
  readonly seconds: number
  /** The picture's height by the film's: 0.7 is a person at a table, 0.95 one who has come closer. */
  readonly zoom: number
  /** Left and right exchanged. */
  readonly mirrored?: boolean
}

export const FILM = { widthPx: 640, heightPx: 480, framesPerSecond: 10 } as const
const BACKGROUND = 150

/** A frame of a shot: the picture in the middle, its edge softened into the wall behind. */
export function filmFrame({ image, zoom, mirrored = false }: Shot, rng: Rng): GrayImage {
  const { widthPx, heightPx } = FILM
  const height = Math.round(heightPx * zoom)
  const width = Math.round((image.width * height) / image.height)
  const scaled = resize(takenAgain(image, rng), width, height)
  const pixels = new Uint8Array(widthPx * heightPx).fill(BACKGROUND)
  const left = Math.floor((widthPx - width) / 2)
  const top = Math.floor((heightPx - height) / 2)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const edge = Math.min(1, Math.min(x, y, width - 1 - x, height - 1 - y) / 12)
      const grey = scaled.pixels[y * width + (mirrored ? width - 1 - x : x)]
      pixels[(top + y) * widthPx + left + x] = Math.round(edge * grey + (1 - edge) * BACKGROUND)
    }
  }
  return { width: widthPx, height: heightPx, pixels }
}

/** Writes a film that Chromium shows as its camera, over and over: YUV4MPEG2, 4:2:0, grey; every frame of it a little
 *  noisy in its own way, as a camera's are. For `--use-file-for-fake-video-capture`. */
export async function writeFilm(path: string, shots: readonly Shot[], seed: string): Promise<void> {
  const { widthPx, heightPx, framesPerSecond } = FILM
  const rng = new Rng(seed)
  const file = await open(path, "w")
  try {
    await file.write(utf8(`YUV4MPEG2 W${widthPx} H${heightPx} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`))
    const colour = new Uint8Array((widthPx * heightPx) / 2).fill(128)
    for (const shot of shots) {
      for (let i = 0; i < Math.round(shot.seconds * framesPerSecond); i++) {
        await file.write(utf8("FRAME\n"))
        await file.write(filmFrame(shot, rng).pixels)
        await file.write(colour)
      }
    }
  } finally {
    await file.close()
  }
}

/** Chromium's switches for a film as its camera; the permission is given without a question. */
export const cameraSwitches = (film: string): string[] => [
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${film}`,
]
