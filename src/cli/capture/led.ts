import { ledColours, ledModes } from "@sourceprint/capture/sensor.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { sensorOptions, withSensor } from "./sensor-options.js"

const options = {
  ...sensorOptions,
  mode: { choices: ledModes, default: "on" as const, describe: "what it does" },
  colour: {
    choices: ledColours,
    default: "blue" as const,
    describe: "older modules: red, blue, purple alone",
  },
  speed: { type: "number", default: 128, describe: "of breathing, flashing and fading: 0 fast to 255 slow" },
  cycles: { type: "number", default: 0, describe: "how often it breathes or flashes; 0: without end" },
} satisfies Record<string, Options>

export const captureLedCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "led",
  describe: "Set the ring LED of a scanner that has one",
  builder: options,
  handler: async ({ mode, colour, speed, cycles, ...sensorArguments }) => {
    await withSensor(sensorArguments, (sensor) => sensor.setLed({ mode, colour, speed, cycles }))
  },
}
