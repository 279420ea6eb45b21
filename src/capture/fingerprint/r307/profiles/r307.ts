import type { R307Profile } from "../profile.js"

/** Source: R307 fingerprint module user manual v1.20 (Hangzhou Grow). Stands for every module that nobody named. */
export const r307: R307Profile = {
  id: "r307",
  model: "R307",
  widthPx: 256,
  heightPx: 288,
  dpi: 500,
  librarySize: 1000,
  templateBytes: 512,
  has: ["highSpeedSearch", "readConList"],
  anySize: true,
}
