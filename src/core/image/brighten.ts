/** A picture is dark when all but this share of its levels, lamps in it, lie below `DARK`. A small face in a dark room
 *  is more than that. */
const LAMPS = 0.005
const DARK = 100
/** What the brightest of the rest becomes. */
const BRIGHT = 245

/** What each level of a dark picture becomes (256 entries, 0 to 255) so that networks trained on well lit pictures see
 *  what is in it: all levels times one factor. Undefined where the picture is bright enough, or black.
 *  @param levels of all pixels and channels, whole numbers from 0 to 255 */
export function brighteningTable(levels: ArrayLike<number>): Uint8Array | undefined {
  const counts = new Uint32Array(256)
  for (let i = 0; i < levels.length; i++) counts[levels[i]]++
  let [high, above] = [255, counts[255]]
  while (high > 0 && above <= LAMPS * levels.length) above += counts[--high]
  if (high >= DARK || high === 0) return undefined
  return Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, Math.round((level * BRIGHT) / high)))
}

/** The picture, brightened where it is dark, else itself. */
export function brightened<Image extends { readonly pixels: Uint8Array }>(image: Image): Image {
  const table = brighteningTable(image.pixels)
  return table === undefined ? image : { ...image, pixels: image.pixels.map((level) => table[level]) }
}
