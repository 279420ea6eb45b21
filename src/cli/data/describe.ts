import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { croissant } from "@sourceprint/core/dataset/croissant.js"
import { MANIFEST_NAME, readManifest } from "@sourceprint/core/dataset/manifest.js"
import { readVersions } from "@sourceprint/core/dataset/versions.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { datasetFolder } from "./dataset-folder.js"
import { datasetPosition } from "./log.js"

const options = {
  ...datasetPosition,
  url: { type: "string", requiresArg: true, describe: "where people read about the dataset" },
  license: { type: "string", requiresArg: true, describe: "its licence: an address or an SPDX id" },
} satisfies Record<string, Options>

export const dataDescribeCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "describe <dataset>",
  describe: "Write croissant.json beside the manifest: metadata in the Croissant format (MLCommons, JSON-LD)",
  builder: options,
  handler: async ({ dataset, url, license }) => {
    const folder = datasetFolder(dataset)
    const samples = await readManifest(folder)
    const sha256 = createHash("sha256")
      .update(await readFile(join(folder, MANIFEST_NAME)))
      .digest("hex")
    const date = new Date().toISOString().slice(0, 10)
    const version = (await readVersions(folder))?.findLast((kept) => kept.sha256 === sha256)?.number
    const facts = { name: dataset, version, date, sha256, ...(url && { url }), ...(license && { license }) }
    const path = join(folder, "croissant.json")
    await writeFileAtomic(path, `${JSON.stringify(croissant(samples, facts), null, 2)}\n`)
    console.log(path)
  },
}
