import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { HeldPlaten } from "@sourceprint/capture/fingerprint/twin/device/platen.js"
import { serveTwinTcp } from "@sourceprint/capture/fingerprint/twin/device/serve-tcp.js"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import type { TwinDevice, TwinOptions } from "@sourceprint/capture/fingerprint/twin/device/twin-device.js"
import type { Sensor, SensorOptions } from "@sourceprint/capture/sensor.js"
import type { SensorEntry } from "@sourceprint/capture/sensor-entry.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"

export type Line = "tcp" | "terminal"
/** The lines of this machine: a terminal needs socat. */
export const lines: readonly Line[] = canServeTerminal() ? ["tcp", "terminal"] : ["tcp"]

export interface ServedSensor {
  readonly entry: SensorEntry
  readonly device: TwinDevice
  readonly platen: HeldPlaten
  /** For `--port`. */
  readonly port: string
  open(options?: SensorOptions): Promise<Sensor>
}

/** A twin of the sensor on a line, put away after `work`. */
export async function onLine<Result>(
  entry: SensorEntry,
  line: Line,
  options: Partial<TwinOptions>,
  work: (served: ServedSensor) => Promise<Result>,
): Promise<Result> {
  const platen = new HeldPlaten()
  const device = entry.twin("unit-01", platen, options)
  const folder = await mkdtemp(join(tmpdir(), "sensor-"))
  const served = await (line === "tcp" ? serveTwinTcp(device) : serveTwinTerminal(device, join(folder, "tty")))
  const opened: Sensor[] = []
  try {
    return await work({
      entry,
      device,
      platen,
      port: served.name,
      open: async (given) => {
        const sensor = await entry.open(transportOf(served.name), given)
        opened.push(sensor)
        return sensor
      },
    })
  } finally {
    for (const sensor of opened) await sensor.close()
    await served.close()
    await rm(folder, { recursive: true, force: true })
  }
}
