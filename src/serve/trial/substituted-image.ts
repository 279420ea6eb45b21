import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { type Perturbation, perturbed } from "@sourceprint/core/image/perturbation.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { Rng } from "@sourceprint/core/rng.js"
import { lineImage } from "./trial-context.js"

/** An image of the right finger that the device's scanner did not deliver like this. */
export type Substitution = "strange-scanner" | "handled-image" | "matched-levels"

/** Another design than the R307's twin: sharper, without keystone, other levels. Everything is simulated. */
const strangeModel = { id: "strange-model", blurPx: 0.4, grainPx: 0.15, airDn: 225, contactDn: 70, keystone: 0 }

/** What mail, messengers and drivers do, in turn; the strengths are those of `experiments/handled-images.yaml`. */
const handlings: readonly Perturbation[] = [
  { kind: "jpeg", quality: 95 },
  { kind: "rescale", factor: 0.9 },
  { kind: "rotate", degrees: 3 },
  { kind: "noise", sigma: 2 },
  { kind: "equalise" },
  { kind: "rescale-back", factor: 0.5 },
  { kind: "brightness", add: 10 },
]

/** @param turn of the scenario: scanners of a strange model and strange units of the right one alternate, handlings
 *  follow one another
 *  @param unit of the device @param other whose images are forged */
export async function substitutedImage(
  kind: Substitution,
  touches: SyntheticImpressions,
  { seed, name, unit, other, turn }: { seed: number; name: string; unit: string; other: string; turn: number },
  impression: number,
): Promise<GrayImage> {
  const rng = new Rng(seed).fork(`${kind}/${impression}`)
  switch (kind) {
    case "strange-scanner": {
      const strange = new SyntheticImpressions(seed, ScannerSettings.parse({ seed, model: strangeModel }))
      return lineImage(turn % 2 === 0 ? strange : touches, name, "strange-unit", 0, impression)
    }
    case "handled-image":
      return await perturbed(lineImage(touches, name, unit, 0, impression), [inTurn(handlings, turn)], rng)
    case "matched-levels": {
      const stolen = lineImage(touches, name, unit, 0, 1 + (impression % 50))
      const captured = lineImage(touches, name, other, 0, impression)
      return await perturbed(captured, [{ kind: "match-grey-levels" }], rng, stolen)
    }
  }
}
