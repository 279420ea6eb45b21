import { readdirSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const require = createRequire(import.meta.url)

/** Which native library lies here: size and time of tfjs-node's binding, without loading it; undefined where none is
 *  installed or built. In Node only. */
export function nativeBindingStamp(): string | undefined {
  try {
    const folder = join(dirname(require.resolve("@tensorflow/tfjs-node/package.json")), "lib")
    const built = readdirSync(folder).flatMap((name) => {
      const found = statSync(join(folder, name, "tfjs_binding.node"), { throwIfNoEntry: false })
      return found === undefined ? [] : [`${name} ${found.size} ${found.mtimeMs}`]
    })
    return built.length === 0 ? undefined : built.join(", ")
  } catch {
    return undefined // neither the package nor its folder
  }
}
