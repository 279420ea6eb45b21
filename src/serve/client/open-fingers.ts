import { randomInt } from "node:crypto"
import { defaultSensor, sensorOf } from "@sourceprint/capture/fingerprint/registry.js"
import { playedPlaten } from "@sourceprint/capture/fingerprint/twin/device/platen.js"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import type { ImpressionSource } from "@sourceprint/capture/fingerprint/twin/impression.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { SyntheticImpressions } from "@sourceprint/capture/fingerprint/twin/synthetic-impressions.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import { type FingerSource, sensorSource } from "./finger-source.js"

/** Every touch is a new one, on every run: a picture that was seen before is a replay. */
function* freshImpressions(
  touches: ImpressionSource,
  finger: string,
  unit: string,
  first = randomInt(2 ** 30),
): Generator<Uint8Array> {
  for (let impression = first; ; impression++) {
    yield touches.impression({ finger, unit, session: 0, impression }).nibbles
  }
}

/** A simulated sensor with a simulated finger on it, behind the real driver. @param finger names the skin, @param unit
 *  the scanner @param firstImpression of the touches, for a trial that can be repeated */
export async function twinFingers(
  touches: ImpressionSource,
  finger: string,
  unit: string,
  logLine: (text: string) => void,
  firstImpression?: number,
  sensor = defaultSensor,
): Promise<FingerSource> {
  const { width, height } = touches
  const platen = playedPlaten(freshImpressions(touches, finger, unit, firstImpression))
  return sensorSource(await sensor.open(memoryTwin(sensor.twin(unit, platen, { width, height }))), logLine)
}

/** `/dev/…`, `COM3`, `tcp://host:port`: a sensor of the kind `id`. `twin:<finger>@<unit>`: a simulated one.
 *  @throws AppError "client/scanner", "transport/…", "sensor/…" */
export async function openFingers(
  scanner: string,
  log: Log,
  logLine: (text: string) => void,
  id = defaultSensor.id,
): Promise<FingerSource> {
  const sensor = sensorOf(id)
  if (!scanner.startsWith("twin:")) return sensorSource(await sensor.open(transportOf(scanner), { log }), logLine)
  const [, finger, unit] = /^twin:([^@]+)@([^@]+)$/.exec(scanner) ?? []
  if (finger === undefined || unit === undefined) {
    throw new AppError(
      "client/scanner",
      `${scanner} is not a twin; write twin:<finger>@<unit>, as twin:ada/right-index@unit-1`,
    )
  }
  const touches = new SyntheticImpressions(1, ScannerSettings.parse({ model: sensor.twinModel }))
  return twinFingers(touches, finger, unit, logLine, undefined, sensor)
}
