import type { R307Profile } from "../profile.js"

/** Source: R503 fingerprint module user manual v1.2.2 (Hangzhou Grow, 2022), sections "introduction" and "instructions
 *  table"; firmware of before HandShake answers GetEcho (ZFM-70 manual v1.0). Capacitive: its twin has no prism and no
 *  lamp. */
export const r503: R307Profile = {
  id: "r503",
  model: "R503",
  widthPx: 192,
  heightPx: 192,
  dpi: 508,
  librarySize: 200,
  templateBytes: 1536,
  has: ["readConList", "auraLed", "checkSensor", "readProdInfo", "handshake", "getEcho"],
  refuses: true,
  twin: { keystone: 0, vignetting: 0 },
}
