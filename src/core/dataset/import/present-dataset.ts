import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { AppError } from "../../errors.js"
import { isHidden } from "../../files/files-below.js"
import { MANIFEST_NAME, readManifest } from "../manifest.js"
import type { Sample } from "../sample.js"
import { readVersions, VERSIONS_FOLDER } from "../versions.js"

/** What imports of versions before 0.3, which kept no versions, wrote into a card. */
const IMPORTED_CARD = /imported with\s+the layout/

/** The rows that an import into `folder` meets; none where the folder is new.
 *  @throws AppError "import/not-imported" for a folder that no import made; "manifest/…" */
export async function presentDataset(folder: string): Promise<readonly Sample[]> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => !isHidden(name))
  if (names.every((name) => name === "card.md")) return [] // cards alone are kept in a repository
  const versions = await readVersions(folder)
  const hasManifest = names.includes(MANIFEST_NAME)
  const card = await readFile(join(folder, "card.md"), "utf8").catch(() => "")
  const isImported =
    versions?.some(({ by }) => by === "import") === true ||
    (versions !== undefined && !hasManifest) ||
    (hasManifest && IMPORTED_CARD.test(card))
  if (isImported) return hasManifest ? await readManifest(folder) : []
  const what = hasManifest ? "a dataset that no import made (captured, simulated or by hand)" : "files of another kind"
  const seen = names.filter((name) => name !== VERSIONS_FOLDER).slice(0, 5)
  throw new AppError(
    "import/not-imported",
    `${folder} holds ${what}: ${seen.join(", ")}; it stays as it is. Choose another --name`,
  )
}
