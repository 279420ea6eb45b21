// noUncheckedIndexedAccess holds everywhere in src but in numeric kernels. A package that contains some compiles
// without the option; here it is compiled once more with it, and an error outside the kernels' places fails.
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** Inner loops over typed arrays: their indices are computed and bounded by the loops. A check of each access would
 *  cost speed, or an assertion a line. */
const kernels = [
  "src/capture/fingerprint/twin/",
  "src/core/image/",
  "src/core/metrics/",
  "src/engine/kernels/",
  "src/match/face/",
  "src/match/fingerprint/",
  "src/model/features/",
  "src/model/forgery/",
  "src/model/gaussian-model.ts",
  "src/model/linear-model.ts",
  "src/model/noise-reference.ts",
  "src/train/audit/",
  "src/train/optimiser.ts",
  "src/train/zoo/",
]

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = join(root, "node_modules", "typescript", "bin", "tsc")
const unused = new Set(kernels)
const faults = []
for (const name of new Set(kernels.map((place) => place.split("/")[1]))) {
  const flags = `--noEmit --pretty false --noUncheckedIndexedAccess --tsBuildInfoFile dist/.indexed-${name}`
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", `src/${name}`, ...flags.split(" ")], {
    cwd: root,
    encoding: "utf8",
  })
  for (const line of stdout.split("\n")) {
    if (line === "" || line.startsWith(" ")) continue // the explanation of the line before
    const place = kernels.find((kernel) => line.startsWith(kernel))
    if (place === undefined) faults.push(line)
    else unused.delete(place)
  }
}
for (const place of unused) faults.push(`${place} needs no exemption: take it out of tools/check-indexed.mjs`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
