import { correlationMatcher } from "@sourceprint/capture/fingerprint/twin/device/correlation-matcher.js"
import { HeldPlaten } from "@sourceprint/capture/fingerprint/twin/device/platen.js"
import { TwinDevice, type TwinOptions } from "@sourceprint/capture/fingerprint/twin/device/twin-device.js"
import { Rng } from "@sourceprint/core/rng.js"

/** A twin with a platen to hold patterns on. */
export function twinWithPlaten(options: Partial<TwinOptions> = {}): {
  device: TwinDevice
  platen: HeldPlaten
} {
  const platen = new HeldPlaten()
  const device = new TwinDevice({ platen, matcher: correlationMatcher, rng: new Rng(1), ...options })
  return { device, platen }
}
