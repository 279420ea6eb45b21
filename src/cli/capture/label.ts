import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { sensorOptions, withSensor } from "./sensor-options.js"

const options = {
  ...sensorOptions,
  unit: { type: "string", requiresArg: true, describe: "the name to write, as in a plan; absent: read it" },
} satisfies Record<string, Options>

export const captureLabelCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "label",
  describe: "Read or write a unit's name in the scanner itself, so that swapped ports are noticed",
  builder: options,
  handler: async ({ unit, ...sensorArguments }) => {
    await withSensor(sensorArguments, async (sensor) => {
      if (unit !== undefined) await sensor.writeLabel(unit)
      console.log(`${sensor.name}: ${(await sensor.readLabel()) ?? "no label"}`)
    })
  },
}
