import type { CommandModule, InferredOptionTypes } from "yargs"
import { sensorOptions, withSensor } from "./sensor-options.js"

export const captureTuneCommand: CommandModule<object, InferredOptionTypes<typeof sensorOptions>> = {
  command: "tune",
  describe: "Find and set the fastest stable speed and packet size of a scanner",
  builder: sensorOptions,
  handler: async (options) => {
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
    const { before, after, speedFixed } = await withSensor(options, (sensor) =>
      sensor.tune(({ baud, packetSizeBytes, stable, imageMs, lineMs, why }) => {
        const verdict = stable ? `stable, ${seconds(imageMs ?? 0)} an image` : `no: ${why}`
        console.error(`${baud} baud, packets of ${packetSizeBytes}: ${verdict} (the line needs ${seconds(lineMs)})`)
      }),
    )
    if (speedFixed) console.log("the speed of this port is set at its far end (ser2net) and was left alone")
    console.log(`was ${before.baud} baud with packets of ${before.packetSizeBytes} bytes`)
    console.log(`now ${after.baud} baud with packets of ${after.packetSizeBytes} bytes, kept by the scanner`)
  },
}
