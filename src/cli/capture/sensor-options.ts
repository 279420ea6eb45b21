import { expansions } from "@sourceprint/capture/expansion.js"
import { defaultSensor, sensorOf, sensors } from "@sourceprint/capture/fingerprint/registry.js"
import type { Sensor } from "@sourceprint/capture/sensor.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import type { InferredOptionTypes, Options } from "yargs"
import { type LogLevel, logLevels, stderrLog } from "../stderr-log.js"

export const sensorOption = {
  choices: [...sensors.keys()],
  default: defaultSensor.id,
  describe: "which sensor it is (docs/sensors.md)",
} as const satisfies Options

/** Options of every command that talks to one scanner. */
export const sensorOptions = {
  port: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "/dev/serial/by-id/… or tcp://host:port",
  },
  sensor: sensorOption,
  baud: { type: "number", default: 57600, describe: "speed to try first; others are probed" },
  address: { type: "number", default: 0xffffffff, describe: "address of the module" },
  password: { type: "number", default: 0, describe: "password of the module" },
  expansion: { choices: expansions, default: "x17" as const, describe: "4 bits to 8: ×17 or ×16" },
  "log-level": { choices: logLevels, default: "warn" as const, describe: "debug shows frames in hex" },
} satisfies Record<string, Options>

export type SensorArguments = InferredOptionTypes<typeof sensorOptions> & { readonly logLevel: LogLevel }

/** Opens the scanner, runs `work`, closes it whatever happens. */
export async function withSensor<Result>(
  { port, sensor: id, logLevel, ...options }: SensorArguments,
  work: (sensor: Sensor) => Promise<Result>,
): Promise<Result> {
  const sensor = await sensorOf(id).open(transportOf(port), { ...options, log: stderrLog(logLevel) })
  try {
    return await work(sensor)
  } finally {
    await sensor.close()
  }
}
