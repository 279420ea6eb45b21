import { opticalModule, type R307Profile } from "../profile.js"

/** Source: AS608 user manual (Synochip) as Leopard-C/AS608 carries it out: an image buffer of 72 KB, 300 templates,
 *  0x1b and 0x1f, no light and no handshake. The manual names no resolution; sellers of the module say 500 dpi. */
export const as608: R307Profile = {
  ...opticalModule,
  id: "as608",
  model: "AS608",
  librarySize: 300,
  has: ["highSpeedSearch", "readConList"],
}
