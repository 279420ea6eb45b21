import { CaptureDataset } from "@sourceprint/capture/session/capture-dataset.js"
import { watchScanner } from "@sourceprint/capture/session/watch.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { datasetFolder } from "../data/dataset-folder.js"
import { stopOnInterrupt } from "../stop-on-interrupt.js"
import { sensorOptions, withSensor } from "./sensor-options.js"

const options = {
  ...sensorOptions,
  dataset: { type: "string", demandOption: true, requiresArg: true, describe: "dataset: data/<dataset>" },
  scanner: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "the unit's name in the dataset",
  },
  operator: { type: "string", default: "", describe: "who is at the desk" },
  touches: { type: "number", requiresArg: true, describe: "stop after this many" },
  simulated: { type: "boolean", default: false, describe: "the scanner is a twin: mark the images" },
} satisfies Record<string, Options>

export const captureWatchCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "watch",
  describe: "Save every touch of one scanner until Ctrl-C, without asking who",
  builder: options,
  handler: async ({ dataset: name, scanner, operator, touches, simulated, ...sensorArguments }) => {
    const { dataset } = await CaptureDataset.open(datasetFolder(name))
    try {
      const saved = await withSensor(sensorArguments, (sensor) =>
        stopOnInterrupt((signal) => {
          console.error(`${sensor.name}: place a finger; Ctrl-C ends`)
          return watchScanner({
            sensor,
            dataset,
            scanner,
            operator,
            simulated,
            signal,
            ...(touches === undefined ? {} : { touches }),
            onSaved: ({ path }) => console.error(`saved ${path}; lift, then place the next finger`),
            onTrouble: (message) => console.error(message),
          })
        }),
      )
      console.log(`${saved} touches saved to ${datasetFolder(name)}`)
    } finally {
      dataset.close()
    }
  },
}
