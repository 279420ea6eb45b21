import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

type Spoiler = (image: GrayImage) => GrayImage

const mapped = (image: GrayImage, value: (x: number, y: number) => number): GrayImage => {
  const pixels = new Uint8Array(image.width * image.height)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      pixels[y * image.width + x] = Math.max(0, Math.min(255, Math.round(value(x, y))))
    }
  }
  return { ...image, pixels }
}
const at = (image: GrayImage, x: number, y: number): number =>
  image.pixels[Math.min(image.height - 1, Math.max(0, y)) * image.width + Math.min(image.width - 1, Math.max(0, x))]
const meanOver = (image: GrayImage, offsets: readonly (readonly [number, number])[]): GrayImage =>
  mapped(image, (x, y) => offsets.reduce((sum, [dx, dy]) => sum + at(image, x + dx, y + dy), 0) / offsets.length)
const line = (steps: number, dx: number, dy: number): [number, number][] =>
  Array.from({ length: steps }, (_, i) => [Math.round(i * dx), Math.round(i * dy)])

/** Real touches made bad on purpose, each as one measure of the gate should notice. */
export const spoilers: readonly (readonly [name: string, spoil: Spoiler])[] = [
  ["faint (contrast ÷ 5)", (image) => mapped(image, (x, y) => 200 + (at(image, x, y) - 200) / 5)],
  [
    "a corner only",
    (image) => mapped(image, (x, y) => (x < image.width * 0.3 && y < image.height * 0.3 ? at(image, x, y) : 230)),
  ],
  ["slid 12 px to the right", (image) => meanOver(image, line(12, 1, 0))],
  ["slid 12 px askew", (image) => meanOver(image, line(12, 0.7, 0.7))],
  ["blurred 9 × 9", (image) => meanOver(meanOver(image, line(9, 1, 0)), line(9, 0, 1))],
  ["soaked", (image) => mapped(image, (x, y) => (at(image, x, y) < 190 ? 0 : 255))],
]
