import { correlationMatcher } from "../../src/capture/fingerprint/twin/device/correlation-matcher.js"
import { HeldGlass } from "../../src/capture/fingerprint/twin/device/glass.js"
import { TwinDevice, type TwinOptions } from "../../src/capture/fingerprint/twin/device/twin-device.js"
import { Rng } from "../../src/shared/rng.js"

/** A twin with a glass to hold patterns on. */
export function twinWithGlass(options: Partial<TwinOptions> = {}): { device: TwinDevice; glass: HeldGlass } {
  const glass = new HeldGlass()
  const device = new TwinDevice({ glass, matcher: correlationMatcher, rng: new Rng(1), ...options })
  return { device, glass }
}
