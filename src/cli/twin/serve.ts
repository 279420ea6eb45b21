import { join } from "node:path"
import { sensorOf } from "@sourceprint/capture/fingerprint/registry.js"
import { faults } from "@sourceprint/capture/fingerprint/twin/device/faults.js"
import { simulateInThread } from "@sourceprint/capture/fingerprint/twin/device/finger-simulator.js"
import { serveTwins } from "@sourceprint/capture/fingerprint/twin/device/serve-twins.js"
import { ScannerSettings } from "@sourceprint/capture/fingerprint/twin/scanner-settings.js"
import { messageOf } from "@sourceprint/core/errors.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { sensorOption } from "../capture/sensor-options.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"

const options = {
  sensor: sensorOption,
  units: { type: "number", default: 1, describe: "simulated sensors: unit-01, unit-02, …" },
  host: { type: "string", default: "127.0.0.1", describe: "address to listen on" },
  port: { type: "number", default: 7307, describe: "TCP port of the first unit; the others follow" },
  terminals: {
    type: "string",
    requiresArg: true,
    describe: "folder for pseudo-terminals instead (needs socat)",
  },
  hands: {
    type: "number",
    default: 7300,
    describe: "TCP port that takes touches from capture session --hands",
  },
  baud: { type: "number", default: 57600, describe: "speed of the modules, 9600 × 1 to 12" },
  "packet-size": { choices: [32, 64, 128, 256] as const, default: 128 as const, describe: "bytes a packet" },
  paced: { type: "boolean", default: true, describe: "let bytes out no faster than the speed allows" },
  password: { type: "number", default: 0, describe: "password of the modules" },
  people: { type: "number", default: 4, describe: "people who touch by turns while no hands are connected" },
  seed: { type: "number", default: 1, describe: "world of people and units" },
  "unit-strength": { type: "number", default: 1, describe: "multiplies every difference of units" },
  fault: {
    choices: ["any", ...faults.map((fault) => fault.name)],
    describe: "fault to inject",
  },
  "fault-rate": { type: "number", default: 0.02, describe: "share of replies that suffer it" },
} satisfies Record<string, Options>

export const twinServeCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "serve",
  describe: "Be scanners on the wire (simulated): TCP or pseudo-terminals, until Ctrl-C",
  builder: options,
  handler: async ({
    sensor: id,
    units,
    people,
    seed,
    unitStrength,
    fault,
    faultRate,
    packetSize,
    terminals,
    ...rest
  }) => {
    const sensor = sensorOf(id)
    const settings = ScannerSettings.parse({ seed, unitStrength, model: sensor.twinModel })
    const { hands, ...line } = rest
    const served = await serveTwins({
      ...line,
      sensor,
      units: Array.from({ length: units }, (_, i) => `unit-${String(i + 1).padStart(2, "0")}`),
      fingerSimulator: simulateInThread(seed, settings),
      onTrouble: (error) => console.error(messageOf(error)),
      people: Array.from({ length: people }, (_, i) => `p${String(i + 1).padStart(2, "0")}`),
      packetSizeBytes: packetSize,
      handsPort: hands,
      ...(terminals === undefined ? {} : { terminalOf: (unit: string) => join(terminals, unit) }),
      ...(fault === undefined ? {} : { fault: { name: fault, rate: faultRate } }),
    })
    for (const { unit, name } of served.twins) console.log(`${unit} (simulated ${sensor.model}): ${name}`)
    console.log(
      `touches on request: ${served.handsName} (sourceprint capture session <plan> --hands ${served.handsName})`,
    )
    console.log("without them, people touch by turns; Ctrl-C ends")
    await stopOnInterrupt(
      (signal) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    )
    await served.close()
  },
}
