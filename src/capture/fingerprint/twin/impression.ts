/** The port between the synthetic world (fingers, scanner units) and whatever wants an image of a touch: the R307
 *  device on the wire, the data set writer, a test. Everything that comes out of it is simulated. */
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"

/** Which impression: of which finger, on which unit, in which session. */
export interface ImpressionRequest {
  /** Names the finger: the same name is the same skin, under any unit and session. */
  readonly finger: string
  /** Names the scanner unit: the same name is the same piece of hardware. */
  readonly unit: string
  /** Whole number from 0: later sessions have more wear, other dust and another temperature. */
  readonly session: number
  /** Whole number from 0: which press of this finger on this unit in this session. */
  readonly impression: number
}

/** What a simulated impression gives. */
export interface ImpressionImage {
  /** One 4-bit level (0-15) a byte, row-major, width × height bytes: what leaves an R307 over its UART, unpacked.
   *  On the wire two levels share a byte, the left pixel in the high nibble. */
  readonly nibbles: Uint8Array
  /** The same exposure with all 8 bits, as over USB; `nibbles[i] === image.pixels[i] >> 4`. */
  readonly image: GrayImage
  /** Share of the window that the skin touches, in [0, 1]. */
  readonly coverage: number
}

export interface ImpressionSource {
  readonly width: number
  readonly height: number
  readonly dpi: number
  /** One press of a finger on a unit. The same request gives the same bytes. */
  impression(request: ImpressionRequest): ImpressionImage
  /** The platen with nothing on it; `frame` (whole number from 0) tells exposures of one session apart. */
  empty(unit: string, session: number, frame: number): ImpressionImage
}
