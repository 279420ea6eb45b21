import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Programs of others in Python that tests talk to: `test/peers/python/install.sh` makes their environment. */
const folder = fileURLToPath(new URL("../../../test/peers/python/", import.meta.url))
const environment = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sourceprint/python-peers")
const text = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

export const python = join(environment, "bin/python")
export const peerScript = (name: string): string => join(folder, name)
/** Why tests with these programs skip, or false. */
export const withoutPython =
  text(join(environment, "requirements.txt")) !== text(join(folder, "requirements.txt")) &&
  "the Python peers are not installed (test/peers/python/install.sh)"
