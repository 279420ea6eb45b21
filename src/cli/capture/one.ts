import { existsSync } from "node:fs"
import { measureQuality } from "@sourceprint/capture/quality/measure-quality.js"
import { QualityLimits } from "@sourceprint/capture/quality/parameters.js"
import { qualityReasons } from "@sourceprint/capture/quality/quality-gate.js"
import { imagePreview } from "@sourceprint/capture/session/preview.js"
import { poll } from "@sourceprint/core/async/poll.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { sensorOptions, withSensor } from "./sensor-options.js"
import { usesColour } from "./uses-colour.js"

const options = {
  ...sensorOptions,
  out: { type: "string", demandOption: true, requiresArg: true, describe: "the image to write, <name>.bmp" },
  wait: { type: "number", default: 30, describe: "seconds to wait for a finger" },
} satisfies Record<string, Options>

export const captureOneCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "one",
  describe: "Save one impression as <name>.bmp, its bytes as the sensor sent them as <name>.nib",
  builder: options,
  handler: async ({ out, wait, ...sensor }) => {
    if (!out.endsWith(".bmp")) throw new AppError("cli/usage", `--out ${out} must end in .bmp`)
    if (existsSync(out)) throw new AppError("capture/exists", `${out} is there already; choose another name`)
    await withSensor(sensor, async (scanner) => {
      console.error(`${scanner.name}: place a finger`)
      const finger = await poll(() => scanner.look(), { everyMs: 100, withinMs: wait * 1000 })
      if (finger === undefined) throw new AppError("capture/no-finger", `no finger within ${wait} s`)
      console.error("hold still, the image is being read")
      const { image, raw, acquisition } = await scanner.read()
      await writeFileAtomic(out, encodeBmp(image))
      await writeFileAtomic(out.replace(/\.bmp$/, ".nib"), raw)
      console.error(imagePreview(image, 56, usesColour(process.stderr)))
      const reasons = qualityReasons(measureQuality(image), QualityLimits.parse({}))
      for (const { text } of reasons) console.error(`quality: ${text}`)
      const how = Object.entries(acquisition).map(([name, value]) => `${name} ${value}`)
      console.log(`${out}: ${image.width} × ${image.height}, ${image.dpi} dpi, ${how.join(", ")}`)
    })
  },
}
