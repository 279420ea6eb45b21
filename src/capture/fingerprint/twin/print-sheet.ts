import { AppError } from "@sourceprint/core/errors.js"
import { type GrayImage, grayImage } from "@sourceprint/core/image/gray-image.js"
import { type Finger, growFinger } from "./finger.js"
import type { PatternClass } from "./finger-plan.js"
import type { ScannerSettings } from "./scanner-settings.js"
import { SyntheticImpressions } from "./synthetic-impressions.js"

const GAP_PX = 6

/** The master print as a picture: crests black, valleys white, bare skin grey. */
function drawMaster({ width, height, relief }: Finger): GrayImage {
  const image = grayImage(width, height)
  for (let i = 0; i < relief.length; i++) {
    image.pixels[i] = Math.max(0, Math.min(255, Math.floor(150 - 105 * relief[i])))
  }
  return { ...image, dpi: 500 }
}

/** Pictures side by side, in rows of `columns`, on grey; each cell is as large as the largest picture. */
export function contactSheet(images: readonly GrayImage[], columns: number): GrayImage {
  const cellWidth = Math.max(...images.map(({ width }) => width)) + GAP_PX
  const cellHeight = Math.max(...images.map(({ height }) => height)) + GAP_PX
  const across = Math.min(columns, images.length)
  const sheet = grayImage(across * cellWidth + GAP_PX, Math.ceil(images.length / columns) * cellHeight + GAP_PX, 128)
  for (const [n, { width, height, pixels }] of images.entries()) {
    const left = GAP_PX + (n % columns) * cellWidth
    const top = GAP_PX + Math.floor(n / columns) * cellHeight
    for (let y = 0; y < height; y++) {
      sheet.pixels.set(pixels.subarray(y * width, (y + 1) * width), (top + y) * sheet.width + left)
    }
  }
  return sheet
}

export interface SheetRequest {
  readonly seed: number
  readonly name: string
  readonly pattern?: PatternClass | undefined
  readonly impressions: number
  readonly unit: string
  readonly bits: 4 | 8
  readonly scanner: ScannerSettings
}

/** A finger for the eye: its master print and `impressions` (1-60) touches of it on one unit. Simulated.
 *  @throws AppError "twin/sheet" for a number that makes no sheet */
export function fingerSheet({ seed, name, pattern, impressions, unit, bits, scanner }: SheetRequest): {
  readonly sheet: GrayImage
  readonly finger: Finger
} {
  if (!Number.isInteger(impressions) || impressions < 1 || impressions > 60) {
    throw new AppError("twin/sheet", `${impressions} impressions do not fit a sheet; ask for 1 to 60`)
  }
  if (!Number.isInteger(seed) || seed < 0) throw new AppError("twin/sheet", "a seed is a whole number from 0")
  const finger = growFinger(seed, name, pattern)
  const source = new SyntheticImpressions(seed, scanner, [finger])
  const touches = Array.from({ length: impressions }, (_, impression): GrayImage => {
    const { image, nibbles } = source.impression({ finger: name, unit, session: 0, impression })
    return bits === 8 ? image : { ...image, pixels: nibbles.map((level) => level * 17) }
  })
  return { sheet: contactSheet([drawMaster(finger), ...touches], 4), finger }
}
