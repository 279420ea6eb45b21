import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The project's root, wherever the compiled test runs from. */
export const projectRoot = fileURLToPath(new URL("../../../", import.meta.url))

/** A folder of the real data beside the project ("fvc2002/DB1_B"), or undefined where it is absent. */
export function sharedData(folder: string): string | undefined {
  const path = join(projectRoot, "..", "shared", "data", folder)
  return existsSync(path) ? path : undefined
}

/** For `test(name, { skip: withoutData("fvc2002") }, …)`: false, or the reason to print. */
export const withoutData = (folder: string): false | string =>
  sharedData(folder) === undefined && `the real images (../shared/data/${folder}) are not on this machine`
