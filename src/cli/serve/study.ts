import { join } from "node:path"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { readManifest, writeManifest } from "@sourceprint/core/dataset/manifest.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { luminance } from "@sourceprint/core/image/luminance.js"
import { decodeImage } from "@sourceprint/core/image/read-image.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import type { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { keptImages } from "@sourceprint/serve/store/study/study-store.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { requireWholeSet } from "../whole-set.js"
import { byOperator, storeOptions, withStore } from "./with-store.js"

const exportOptions = {
  ...storeOptions,
  out: { type: "string", demandOption: true, requiresArg: true, describe: "folder of the new dataset" },
} satisfies Record<string, Options>

async function openImage(keys: KeyRing, id: string, sealed: Uint8Array) {
  const bytes = keys.open(sealed, `study/${id}`)
  return { bytes, ...(await decodeImage(bytes, `image ${id}`)) }
}

const exportCommand: CommandModule<object, InferredOptionTypes<typeof exportOptions>> = {
  command: "export",
  describe: "Write the kept images as a dataset: unsealed, so guard the folder; people are random ids",
  builder: exportOptions,
  handler: ({ out, ...rest }) =>
    withStore(rest, async ({ store, study }, keys) => {
      if ((await readManifest(out).catch(() => [])).length > 0)
        throw new AppError("study/exists", `${out} holds a dataset already; choose a new folder`)
      const samples: Sample[] = []
      const impressions = new Map<string, number>()
      let refused = 0
      for await (const { id, accountId, scannerId, outcome, atMs, sealed } of keptImages(study)) {
        const opened = await openImage(keys, id, sealed).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error
          console.error(`not exported: image ${id}: ${error.message}`)
        })
        if (opened === undefined) {
          refused++
          continue
        }
        const { bytes, channels, image } = opened
        const { width, height, dpi = "unknown" as const } = channels === 1 ? image : luminance(image)
        const path = `${scannerId}/${accountId}/${id}.bmp`
        const key = `${scannerId}/${accountId}`
        const impression = (impressions.get(key) ?? 0) + 1
        impressions.set(key, impression)
        await writeFileAtomic(join(out, path), bytes)
        samples.push({
          path,
          sha256: sha256Hex(bytes),
          scanner: scannerId,
          scannerModel: "",
          subject: accountId,
          finger: "",
          impression,
          session: new Date(atMs).toISOString().slice(0, 10),
          widthPx: width,
          heightPx: height,
          dpi,
          bitDepth: 8,
          collection: outcome === "passed" ? "passed" : "refused",
        })
      }
      if (samples.length === 0 && refused > 0)
        throw new AppError("study/incomplete", `none of ${refused} kept images could be exported, named above`)
      await writeManifest(out, samples)
      await store.appendAudit([byOperator("study-exported", { detail: { images: samples.length } })])
      console.log(`${samples.length} images in ${out}`)
      requireWholeSet("study/incomplete", refused, samples.length + refused, "kept images could not be exported")
    }),
}

const deleteOptions = {
  ...storeOptions,
  name: { type: "string", requiresArg: true, describe: "only this account's" },
} satisfies Record<string, Options>

const deleteCommand: CommandModule<object, InferredOptionTypes<typeof deleteOptions>> = {
  command: "delete",
  describe: "Delete the kept images of everybody, or of one account",
  builder: deleteOptions,
  handler: ({ name, ...rest }) =>
    withStore(rest, async ({ store, study }) => {
      const account = name === undefined ? undefined : await store.accountByName(nameKey(name.normalize("NFKC").trim()))
      if (name !== undefined && account === undefined)
        throw new AppError("account/unknown", `there is no account called ${name}`)
      const images = await study.delete(account?.id)
      await store.appendAudit([byOperator("study-deleted", { accountId: account?.id, detail: { images } })])
      console.log(`${images} images deleted`)
    }),
}

export const studyCommand: CommandModule = {
  command: "study <command>",
  describe: "Captures kept for a study, where policy.keepImages is on: export, delete",
  builder: (yargs) => yargs.command(exportCommand).command(deleteCommand).demandCommand(1).strict(),
  handler: () => {},
}
