import { AppError } from "@sourceprint/core/errors.js"
import type { Expansion } from "../../expansion.js"

export interface Geometry {
  readonly width: number
  readonly height: number
}

/** Image sizes of the family by the bytes on the wire. Source: manuals of R307 (256×288), R307S and R503 (192×192),
 *  R302/R306 (256×288), GROW R502 (192×192), R301T (208×288), R558 and other small windows (160×160, 120×120,
 *  96×96). */
const knownGeometries: ReadonlyMap<number, Geometry> = new Map(
  (
    [
      [256, 288],
      [192, 192],
      [208, 288],
      [160, 160],
      [120, 120],
      [96, 96],
    ] as const
  ).map(([width, height]) => [(width * height) / 2, { width, height }]),
)

/** The geometry of an image of `sizeBytes`: the device's own answer first, then the family's table.
 *  @throws AppError "image/geometry" when neither explains the size */
export function geometryOf(sizeBytes: number, told?: Geometry): Geometry {
  if (told !== undefined && told.width * told.height === sizeBytes * 2) return told
  const known = told === undefined ? knownGeometries.get(sizeBytes) : undefined
  if (known !== undefined) return known
  const why =
    told === undefined
      ? "has no known width and height"
      : `came where ${(told.width * told.height) / 2} were due; is it the sensor that was chosen?`
  throw new AppError("image/geometry", `an image of ${sizeBytes} bytes ${why}`)
}

/** One level (0-15) a pixel, row-major. */
export function unpackNibbles(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const levels = new Uint8Array(packed.length * 2)
  for (const [i, pair] of packed.entries()) {
    levels[2 * i] = pair >>> 4
    levels[2 * i + 1] = pair & 0x0f
  }
  return levels
}

/** The reverse of `unpackNibbles`; an even number of levels, each 0-15. */
export function packNibbles(levels: Uint8Array): Uint8Array<ArrayBuffer> {
  if (levels.length % 2 !== 0) throw new RangeError(`${levels.length} pixels do not fill whole bytes`)
  return new Uint8Array(levels.length / 2).map(
    (_, i) => ((levels[2 * i] ?? 0) << 4) | ((levels[2 * i + 1] ?? 0) & 0x0f),
  )
}

/** 8-bit grey by the chosen expansion, from an image as it left the sensor: two pixels a byte, the left one in the high
 *  nibble, row by row. */
export function expandImage(packed: Uint8Array, { width, height }: Geometry, expansion: Expansion, dpi: number) {
  if (packed.length * 2 !== width * height) throw new RangeError("the bytes do not fill width × height")
  const factor = expansion === "x17" ? 17 : 16
  const pixels = unpackNibbles(packed).map((level) => level * factor)
  return { width, height, pixels, dpi }
}
