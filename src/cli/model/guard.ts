import { join } from "node:path"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { writeGuard } from "@sourceprint/model/guard.js"
import { defaultGuardSettings, fitGuard } from "@sourceprint/train/guard/fit-guard.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"

const options = {
  dataset: { type: "string", demandOption: true, requiresArg: true, describe: "folder with manifest.csv" },
  out: { type: "string", demandOption: true, requiresArg: true, describe: "folder of the guard" },
  seed: {
    type: "number",
    default: defaultGuardSettings.seed,
    describe: "of the forgeries it is fitted against",
  },
} satisfies Record<string, Options>

export const modelGuardCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "guard",
  describe: "Fit a guard against planted noise patterns, for matching.guard of serve.yaml",
  builder: options,
  handler: async ({ dataset, out, seed }) => {
    const images = []
    for (const { path, scanner, subject } of await readManifest(dataset))
      images.push({ scanner, person: subject, image: await readGrayImage(join(dataset, path)) })
    const guard = fitGuard(images, { ...defaultGuardSettings, seed })
    await writeGuard(out, guard)
    const { genuine, genuineRefused, forged, forgedAccepted } = guard.dev
    console.log(
      `${out}: on dev ${genuineRefused} of ${genuine} genuine images refused, ${forgedAccepted} of ` +
        `${forged} forged ones accepted`,
    )
  },
}
