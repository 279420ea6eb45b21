import { correlationMatcher } from "@sourceprint/capture/fingerprint/twin/device/correlation-matcher.js"
import { HeldGlass } from "@sourceprint/capture/fingerprint/twin/device/glass.js"
import { TwinDevice, type TwinOptions } from "@sourceprint/capture/fingerprint/twin/device/twin-device.js"
import { Rng } from "@sourceprint/core/rng.js"

/** A twin with a glass to hold patterns on. */
export function twinWithGlass(options: Partial<TwinOptions> = {}): { device: TwinDevice; glass: HeldGlass } {
  const glass = new HeldGlass()
  const device = new TwinDevice({ glass, matcher: correlationMatcher, rng: new Rng(1), ...options })
  return { device, glass }
}
