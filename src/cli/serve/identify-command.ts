import { readImage, toGray } from "@sourceprint/core/image/read-image.js"
import { atResolution } from "@sourceprint/core/image/resolution.js"
import { loadMatcher } from "@sourceprint/match/registry.js"
import { identifyAccount } from "@sourceprint/serve/server/identify-account.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { parseResolution, resolutionOption } from "../match/matcher-options.js"
import { textTable } from "../text-table.js"
import { fingerThreshold } from "./finger-threshold.js"
import { byOperator, storeOptions, withStore } from "./with-store.js"

const options = {
  ...storeOptions,
  image: { type: "string", demandOption: true, requiresArg: true, describe: "the captured finger" },
  ...resolutionOption,
  count: { type: "number", default: 5, describe: "candidates shown" },
} satisfies Record<string, Options>

export const identifyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "identify",
  describe: "Whose finger is it, of everybody enrolled (1:N); the search is written into the audit log",
  builder: options,
  handler: ({ image, count, dpi, ...rest }) =>
    withStore(rest, async ({ store }, keys, { matching }) => {
      const matcher = await loadMatcher("fingerprint", matching.matcher)
      const read = await readImage(image)
      for (const line of read.notes) console.error(`note: ${image}: ${line}`)
      const probe = atResolution(toGray(read), parseResolution(dpi))
      const { candidates, references } = await identifyAccount({ store, keys, matcher }, probe, count)
      const { threshold } = await fingerThreshold(matching)
      await store.appendAudit([byOperator("identified", { detail: { references, shown: candidates.length } })])
      const head = ["rank", "name", "finger", "score", "1:1 decision"]
      const rows = candidates.map(({ account, finger, score }, i) => [
        i + 1,
        account.name,
        finger,
        score.toPrecision(4),
        score >= threshold ? "same finger" : "other finger",
      ])
      console.log(textTable(head, rows))
      console.log(
        `${references} references were compared; a search makes a false candidate likelier with each of ` +
          "them than a single comparison does",
      )
    }),
}
