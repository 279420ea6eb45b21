import { opticalModule, type R307Profile } from "../profile.js"

/** Source: R30x user manual (Hangzhou Grow; "R30X series provide 23 instructions"); library of 256 and templates of 512
 *  bytes by python-r305's table of its data. */
export const r305: R307Profile = {
  ...opticalModule,
  id: "r305",
  model: "R305",
  librarySize: 256,
  has: [],
}
