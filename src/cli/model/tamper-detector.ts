import { join } from "node:path"
import { readSamples } from "@sourceprint/core/dataset/manifest.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { writeTamperDetector } from "@sourceprint/model/tamper-detector.js"
import { defaultTamperDetectorSettings, fitTamperDetector } from "@sourceprint/train/tamper/fit-tamper-detector.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  dataset: { type: "string", demandOption: true, requiresArg: true, describe: "folder with manifest.csv" },
  out: { type: "string", demandOption: true, requiresArg: true, describe: "folder of the guard" },
  seed: {
    type: "number",
    default: defaultTamperDetectorSettings.seed,
    describe: "of the forgeries it is fitted against",
  },
} satisfies Record<string, Options>

export const modelTamperDetectorCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "tamper-detector",
  aliases: "guard",
  describe: "Fit a tamper detector against planted noise patterns, for matching.guard of serve.yaml",
  builder: options,
  handler: async ({ dataset, out, seed }) => {
    const images = []
    for (const { path, scanner, subject } of await readSamples(dataset))
      images.push({ scanner, person: subject, image: await readGrayImage(join(dataset, path)) })
    const tamperDetector = fitTamperDetector(images, { ...defaultTamperDetectorSettings, seed })
    await writeTamperDetector(out, tamperDetector)
    const { genuine, genuineRefused, forged, forgedAccepted } = tamperDetector.dev
    console.log(
      `${out}: on dev ${genuineRefused} of ${genuine} genuine images refused, ${forgedAccepted} of ` +
        `${forged} forged ones accepted`,
    )
  },
}
