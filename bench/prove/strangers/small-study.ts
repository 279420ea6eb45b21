import { cp, mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { tinyExperiment, tinyScanners } from "../../../test/support/tiny-scanners.js"

/** Generated images of two scanners in `data/set`, and an experiment on them that trains in a second. */
export async function study(folder: string): Promise<void> {
  const tiny = await tinyScanners({ scanners: 2, fingers: 6 })
  try {
    await cp(tiny.folder, join(folder, "tiny"), { recursive: true })
    await mkdir(join(folder, "data"))
    await cp(join(folder, "tiny/data"), join(folder, "data/set"), { recursive: true })
    await cp(join(folder, "tiny/images"), join(folder, "data/images"), { recursive: true })
    await writeFile(join(folder, "tiny.yaml"), tinyExperiment("data/set"))
  } finally {
    await tiny.remove()
  }
}
