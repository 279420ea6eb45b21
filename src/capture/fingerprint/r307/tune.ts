import { AppError, hasCode, messageOf } from "@sourceprint/core/errors.js"
import type { CapturedImage, LineSettings, TuneReport, TuneTrial } from "../../sensor.js"
import type { R307Acquisition } from "./acquisition.js"
import { PACKET_SIZES_BYTES, TUNABLE_BAUDS } from "./constants.js"
import { payloadLineTimeMs } from "./packet.js"

/** What tuning needs of a sensor. */
interface TunableSensor {
  readonly name: string
  readonly settings: LineSettings
  /** Of one image on the line. */
  readonly imageBytes: number
  setBaud(baud: number): Promise<void>
  setPacketSize(packetSizeBytes: number): Promise<void>
  writeImage(packed: Uint8Array): Promise<void>
  read(): Promise<CapturedImage<R307Acquisition>>
}

/** Finds the fastest speed and packet size at which `rounds` images in a row arrive without a second transfer, and
 *  leaves the device there. Before the first trial a known image is put into the device's buffer, so no finger
 *  is needed. Where no trial is stable the old settings are restored.
 *  @throws AppError "sensor/unstable" when not even the old settings work; "transport/…" */
export async function tuneLine(
  sensor: TunableSensor,
  onTrial: (trial: TuneTrial) => void = () => {},
  rounds = 2,
): Promise<TuneReport> {
  const { baud, packetSizeBytes } = sensor.settings
  const before = { baud, packetSizeBytes }
  const pattern = await storedPattern(sensor)
  const trials: TuneTrial[] = []
  let speedFixed = false
  const attempt = async (speed: number, size: number): Promise<boolean> => {
    const trial = await tryLine(sensor, speed, size, pattern, rounds)
    trials.push(trial)
    onTrial(trial)
    return trial.stable
  }
  const speeds = [
    ...TUNABLE_BAUDS.filter((speed) => speed > baud),
    baud,
    ...TUNABLE_BAUDS.filter((speed) => speed < baud),
  ]
  for (const speed of speeds) {
    if (speedFixed && speed !== baud) continue
    for (const size of [...PACKET_SIZES_BYTES].reverse()) {
      try {
        if (!(await attempt(speed, size))) continue
        const after = { baud: sensor.settings.baud, packetSizeBytes: sensor.settings.packetSizeBytes }
        return { before, after, trials, speedFixed }
      } catch (error) {
        if (!hasCode(error, "transport/no-speed")) throw error
        speedFixed = true
        break
      }
    }
  }
  await applied(sensor, baud, packetSizeBytes)
  throw new AppError("sensor/unstable", `${sensor.name}: no speed is stable; check cable, ground and power`)
}

/** Puts a known image into the device; undefined for a module that does not take one: then the image of the last
 *  impression is read, and only its checksums speak. */
async function storedPattern(sensor: TunableSensor): Promise<Uint8Array | undefined> {
  const pattern = Uint8Array.from({ length: sensor.imageBytes }, (_, i) => (i * 167 + (i >> 8) * 13) & 0xff)
  try {
    await sensor.writeImage(pattern)
    const { raw } = await sensor.read()
    return raw.length === pattern.length ? pattern : undefined
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith("sensor/")) return undefined
    throw error
  }
}

async function applied(sensor: TunableSensor, baud: number, packetSizeBytes: number): Promise<void> {
  if (sensor.settings.baud !== baud) await sensor.setBaud(baud)
  if (sensor.settings.packetSizeBytes !== packetSizeBytes) await sensor.setPacketSize(packetSizeBytes)
}

async function tryLine(
  sensor: TunableSensor,
  baud: number,
  packetSizeBytes: number,
  pattern: Uint8Array | undefined,
  rounds: number,
): Promise<TuneTrial> {
  const lineMs = payloadLineTimeMs(sensor.imageBytes, packetSizeBytes, baud)
  const unstable = (why: string): TuneTrial => ({ baud, packetSizeBytes, stable: false, lineMs, why })
  try {
    await applied(sensor, baud, packetSizeBytes)
    const { settings } = sensor
    if (settings.baud !== baud || settings.packetSizeBytes !== packetSizeBytes)
      return unstable("it did not take the setting")
    let slowestMs = 0
    for (let round = 0; round < rounds; round++) {
      const { raw, acquisition } = await sensor.read()
      const { transfers, transferMs } = acquisition
      if (transfers > 1) return unstable(`${transfers} transfers for one image`)
      if (pattern !== undefined && raw.some((byte, i) => byte !== pattern[i])) {
        return unstable("the image came back changed")
      }
      slowestMs = Math.max(slowestMs, transferMs)
    }
    return { baud, packetSizeBytes, stable: true, imageMs: slowestMs, lineMs }
  } catch (error) {
    if (!(error instanceof AppError) || error.code.startsWith("transport/")) throw error
    return unstable(messageOf(error))
  }
}
