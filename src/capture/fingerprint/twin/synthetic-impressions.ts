import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import { type ArtefactName, artefactKinds, pressArtefact } from "./artefact.js"
import { pressFinger } from "./contact.js"
import { expose } from "./exposure.js"
import { type Finger, growFinger } from "./finger.js"
import type { ImpressionImage, ImpressionRequest, ImpressionSource } from "./impression.js"
import { drawPlacement } from "./placement.js"
import type { ScannerSettings } from "./scanner-settings.js"
import { makeUnit, type ScannerUnit } from "./scanner-unit.js"
import { openSession, type UnitSession } from "./unit-session.js"

/** Fingers are large (0.7 MB) and slow to grow (half a second), units and sessions are quick: keep a few of each. */
const KEPT_FINGERS = 24
const KEPT_SESSIONS = 32

/** Touches of synthetic fingers on simulated units. `seed` is the world of the fingers; the units have the seed of
 *  their settings, so that the same people can touch other scanners. `grown` are fingers made elsewhere that take part
 *  under their names. Everything that comes out is simulated. */
export class SyntheticImpressions implements ImpressionSource {
  readonly width: number
  readonly height: number
  readonly dpi: number
  private readonly grown: ReadonlyMap<string, Finger>
  private readonly fingers = new Map<string, Finger>()
  private readonly units = new Map<string, ScannerUnit>()
  private readonly sessions = new Map<string, UnitSession>()

  constructor(
    private readonly seed: number,
    private readonly settings: ScannerSettings,
    grown: readonly Finger[] = [],
  ) {
    this.grown = new Map(grown.map((finger) => [finger.plan.name, finger]))
    this.width = settings.model.widthPx
    this.height = settings.model.heightPx
    this.dpi = settings.model.dpi
  }

  impression({ finger: name, unit, session, impression }: ImpressionRequest): ImpressionImage {
    const finger = this.grown.get(name) ?? remember(this.fingers, KEPT_FINGERS, name, () => growFinger(this.seed, name))
    const { model } = this.settings
    const rng = new Rng(this.seed).fork(`touch/${name}/${model.id}/${unit}/${session}/${impression}`)
    const opened = this.session(unit, session)
    const placement = drawPlacement(finger.plan, rng.fork("placement"))
    const { contact, coverage } = pressFinger(finger, placement, opened.unit.view, rng.fork("press"))
    return this.finish(contact, coverage, opened, rng.fork("noise"))
  }

  /** One press of an artefact made from `picture`, placed again as a finger would be. `impression` and `name` tell
   *  presses and artefacts apart. */
  artefact(
    picture: GrayImage,
    kind: ArtefactName,
    { finger: name, unit, session, impression }: ImpressionRequest,
  ): ImpressionImage {
    const { model } = this.settings
    const rng = new Rng(this.seed).fork(`artefact/${kind}/${name}/${model.id}/${unit}/${session}/${impression}`)
    const opened = this.session(unit, session)
    const placement = drawPlacement({ moisture: 0 }, rng.fork("placement"))
    const contact = pressArtefact(picture, artefactKinds[kind], placement, opened.unit.view, rng.fork("press"))
    const coverage = contact.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) / contact.length
    return this.finish(contact, coverage, opened, rng.fork("noise"))
  }

  empty(unit: string, session: number, frame: number): ImpressionImage {
    const { model } = this.settings
    const rng = new Rng(this.seed).fork(`empty/${model.id}/${unit}/${session}/${frame}`)
    return this.finish(new Float32Array(this.width * this.height), 0, this.session(unit, session), rng)
  }

  private finish(contact: Float32Array, coverage: number, session: UnitSession, rng: Rng): ImpressionImage {
    const image = expose(contact, session, this.settings.model, rng)
    return { image, nibbles: image.pixels.map((level) => level >> 4), coverage }
  }

  private session(id: string, session: number): UnitSession {
    return remember(this.sessions, KEPT_SESSIONS, `${id}/${session}`, () => {
      const unit = remember(this.units, KEPT_SESSIONS, id, () => makeUnit(this.settings, id))
      return openSession(this.settings, unit, session)
    })
  }
}

/** The value of `key`, made when it is not there; the one used longest ago makes room. */
function remember<Value>(kept: Map<string, Value>, limit: number, key: string, make: () => Value): Value {
  const value = kept.get(key) ?? make()
  kept.delete(key)
  kept.set(key, value)
  if (kept.size > limit) kept.delete(kept.keys().next().value as string)
  return value
}
