import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import sharp, { type Sharp } from "sharp"

type Picture = GrayImage | RgbImage

const BACKGROUND = { r: 122, g: 120, b: 116 }

const open = ({ width, height, pixels }: Picture): Sharp =>
  sharp(pixels, { raw: { width, height, channels: pixels.length === width * height ? 1 : 3 } })

const ofHeight = (picture: Picture, height: number): Promise<Buffer> =>
  open(picture).resize({ height }).png().toBuffer()

async function composed(width: number, height: number, parts: { input: Buffer; left: number; top: number }[]) {
  const canvas = await sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite(parts)
    .png()
    .toBuffer()
  return { width, height, pixels: new Uint8Array(await sharp(canvas).removeAlpha().raw().toBuffer()) }
}

/** Two pictures on one grey canvas, the second's height `share` of the first's; both stand on its lower edge. */
export async function beside(first: Picture, second: Picture, share: number): Promise<RgbImage> {
  const { height } = first
  const smaller = Math.round(height * share)
  const [a, b] = [await ofHeight(first, height), await ofHeight(second, smaller)]
  const secondWidth = Math.round((second.width * smaller) / second.height)
  return composed(first.width + secondWidth + 2, height, [
    { input: a, left: 0, top: 0 },
    { input: b, left: first.width, top: height - smaller },
  ])
}

/** The picture, so many pixels high, in a frame of 1280 × 720. */
export async function inFrame(picture: Picture, heightPx: number): Promise<RgbImage> {
  const input = await ofHeight(picture, heightPx)
  const width = Math.round((picture.width * heightPx) / picture.height)
  return composed(1280, 720, [{ input, left: (1280 - width) >> 1, top: (720 - heightPx) >> 1 }])
}

export const darkened = <P extends Picture>(picture: P, factor: number): P => ({
  ...picture,
  pixels: picture.pixels.map((level) => Math.round(level * factor)),
})
