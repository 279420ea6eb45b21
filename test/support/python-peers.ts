import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Programs of others in Python that tests talk to: `test/peers/python/install.sh` makes their environment. */
const folder = fileURLToPath(new URL("../../../test/peers/python/", import.meta.url))
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sourceprint")
const text = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}
const lacks = (environment: string, list: string): boolean =>
  text(join(cache, environment, "requirements.txt")) !== text(join(folder, list))

export const python = join(cache, "python-peers/bin/python")
export const peerScript = (name: string): string => join(folder, name)
/** Why tests with these programs skip, or false. */
export const withoutPython =
  lacks("python-peers", "requirements.txt") && "the Python peers are not installed (test/peers/python/install.sh)"

/** A Python with TensorFlow and Keras. */
export const kerasPython = join(cache, "tensorflow/bin/python")
/** Why what needs Keras is not measured, or false. */
export const withoutKeras =
  lacks("tensorflow", "tensorflow.txt") && "Keras is not installed (test/peers/python/install.sh)"

/** A Python with onnxruntime. */
export const onnxPython = join(cache, "onnx/bin/python")
/** Why what needs onnxruntime is not measured, or false. */
export const withoutOnnx = lacks("onnx", "onnx.txt") && "onnxruntime is not installed (test/peers/python/install.sh)"
