import { existsSync } from "node:fs"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { measureQuality } from "../../capture/quality/measure-quality.js"
import { QualityLimits } from "../../capture/quality/parameters.js"
import { qualityReasons } from "../../capture/quality/quality-gate.js"
import { imagePreview } from "../../capture/session/preview.js"
import { AppError } from "../../shared/errors.js"
import { encodeBmp } from "../../shared/image/bmp.js"
import { writeFileAtomic } from "../../shared/store/atomic-file.js"
import { sensorOptions, withSensor } from "./sensor-options.js"
import { usesColour } from "./uses-colour.js"

const options = {
  ...sensorOptions,
  out: { type: "string", demandOption: true, requiresArg: true, describe: "the image to write, <name>.bmp" },
  wait: { type: "number", default: 30, describe: "seconds to wait for a finger" },
} satisfies Record<string, Options>

export const captureOneCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "one",
  describe: "Save one touch as <name>.bmp, its raw 4-bit levels as <name>.nib",
  builder: options,
  handler: async ({ out, wait, ...sensor }) => {
    if (!out.endsWith(".bmp")) throw new AppError("cli/usage", `--out ${out} must end in .bmp`)
    if (existsSync(out)) throw new AppError("capture/exists", `${out} is there already; choose another name`)
    await withSensor(sensor, async (scanner) => {
      console.error(`${scanner.name}: place a finger`)
      const endMs = performance.now() + wait * 1000
      while (!(await scanner.look())) {
        if (performance.now() > endMs) throw new AppError("capture/no-finger", `no finger within ${wait} s`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      console.error("hold still, the image is being read")
      const { image, raw, transferMs, transfers } = await scanner.read()
      await writeFileAtomic(out, encodeBmp(image))
      await writeFileAtomic(out.replace(/\.bmp$/, ".nib"), raw.packed)
      console.error(imagePreview(image, 56, usesColour(process.stderr)))
      const reasons = qualityReasons(measureQuality(image), QualityLimits.parse({}))
      for (const { text } of reasons) console.error(`quality: ${text}`)
      const seconds = (transferMs / 1000).toFixed(2)
      console.log(`${out}: ${image.width} × ${image.height}, ${seconds} s, ${transfers} transfer(s)`)
    })
  },
}
