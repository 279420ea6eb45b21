import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { defined } from "@sourceprint/core/defined.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { lineImage, onLine } from "@sourceprint/serve/trial/trial-context.js"
import { type EncodedImage, encodedImage, labelled } from "./encoded-set.js"

const UNIT = "unit-1"
const materials = ["glue", "gelatine", "silicone"] as const

/** `each` simulated touches and as many casts in soft materials of every finger; the cast is of a touch on another
 *  unit, as in the trials. */
export function simulatedSet(fingers: readonly string[], each: number): EncodedImage[] {
  const touches = new SyntheticImpressions(17, ScannerSettings.parse({ seed: 17 }))
  return fingers.flatMap((finger, f) => {
    const captured = lineImage(touches, finger, "unit-2", 0, 0)
    return Array.from({ length: each }, (_, i) => {
      const at = { finger, unit: UNIT, session: 0, impression: 100 + i }
      const species = defined(inTurn(materials, f + i))
      return [
        encodedImage(labelled("live", finger, i, undefined), lineImage(touches, finger, UNIT, 0, i)),
        encodedImage(labelled("spoof", finger, i, species), onLine(touches.artefact(captured, species, at))),
      ]
    }).flat()
  })
}
