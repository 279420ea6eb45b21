import { Rng } from "@sourceprint/core/rng.js"
import type { SensorEntry } from "../../sensor-entry.js"
import { correlationMatcher } from "../twin/device/correlation-matcher.js"
import { TwinDevice } from "../twin/device/twin-device.js"
import { ScannerModelSettings } from "../twin/scanner-settings.js"
import { R307Acquisition } from "./acquisition.js"
import { expandImage } from "./image-decoder.js"
import type { R307Profile } from "./profile.js"
import { R307Sensor } from "./sensor.js"

/** A module of the family as the registry lists it. */
export function familySensor(profile: R307Profile): SensorEntry {
  const { id, model, widthPx, heightPx, dpi } = profile
  return {
    ...{ id, model, widthPx, heightPx, dpi },
    bitDepth: 4,
    acquisition: R307Acquisition,
    open: (transport, options) => R307Sensor.open(transport, { ...options, profile }),
    decode: (raw, acquisition, width, height) =>
      expandImage(raw, { width, height }, R307Acquisition.parse(acquisition).expansion, dpi),
    twin: (unit, platen, options) =>
      new TwinDevice({
        profile,
        platen,
        matcher: correlationMatcher,
        rng: new Rng(`twin/${unit}`),
        ...options,
      }),
    twinModel: ScannerModelSettings.parse({ id: `${id}-twin`, widthPx, heightPx, dpi, ...profile.twin }),
  }
}
