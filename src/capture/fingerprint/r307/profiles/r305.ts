import type { R307Profile } from "../profile.js"

/** Source: R30x user manual (Hangzhou Grow; "R30X series provide 23 instructions"); library of 256 and templates of 512
 *  bytes by python-r305's table of its data. */
export const r305: R307Profile = {
  id: "r305",
  model: "R305",
  widthPx: 256,
  heightPx: 288,
  dpi: 500,
  librarySize: 256,
  templateBytes: 512,
  has: [],
}
