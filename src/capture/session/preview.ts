import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { resize } from "@sourceprint/core/image/resize.js"

const SHADES = "█▓▒░ "

/** The image in text, `columns` wide: half blocks in 24 greys on a colour terminal (a cell shows two pixels, one above
 *  the other), shades of the character set elsewhere. No line end after the last line. */
export function imagePreview(image: GrayImage, columns: number, colours: boolean): string {
  const rows = Math.max(2, 2 * Math.round((columns * image.height) / image.width / 2))
  const small = resize(image, columns, rows)
  const at = (x: number, y: number): number => small.pixels[y * columns + x] ?? 0
  const lines: string[] = []
  for (let y = 0; y < rows; y += 2) {
    let line = ""
    for (let x = 0; x < columns; x++) {
      if (colours) line += `\u001b[38;5;${grey(at(x, y))};48;5;${grey(at(x, y + 1))}m▀`
      else line += SHADES[Math.min(4, Math.floor((at(x, y) + at(x, y + 1)) / 2 / 51.2))]
    }
    lines.push(colours ? `${line}\u001b[0m` : line)
  }
  return lines.join("\n")
}

/** Greys 232 (black) to 255 (white) of the 256-colour palette. */
const grey = (value: number): number => 232 + Math.round((value * 23) / 255)
