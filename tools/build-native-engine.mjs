// Builds tfjs-node's binding against a TensorFlow that is already on this machine, so that `engine: native` runs on
// its kernels: `npm run engine:native` asks Python for a TensorFlow wheel, `npm run engine:native -- <folder>` takes an
// unpacked libtensorflow (with include/ and lib/). Needs g++ and node's headers; downloads no TensorFlow.
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const packageName = "@tensorflow/tfjs-node"

function stop(message) {
  console.error(`engine:native: ${message}`)
  process.exit(1)
}

/** Where a library of one of these names lies in a folder; versioned names too. */
function libraryIn(folder, names) {
  if (!existsSync(folder)) return undefined
  const files = readdirSync(folder)
  for (const name of names) {
    const found = files.filter((file) => file === name || file.startsWith(`${name}.`)).sort()[0]
    if (found !== undefined) return found
  }
  return undefined
}

/** { include, lib, main, framework, version } of a TensorFlow, or undefined. */
function inspect(include, lib, version) {
  const main = libraryIn(lib, [
    "libtensorflow_cc.so.2",
    "libtensorflow_cc.so",
    "libtensorflow.so",
    "libtensorflow_cc.2.dylib",
  ])
  const framework = libraryIn(lib, ["libtensorflow_framework.so", "libtensorflow_framework.2.dylib"])
  const header = join(include, "tensorflow/c/eager/c_api.h")
  return main !== undefined && framework !== undefined && existsSync(header)
    ? { include, lib, main, framework, version }
    : undefined
}

/** The wheel that `python3 -c "import tensorflow"` would load, without loading it. */
function fromPython() {
  const script =
    "import importlib.util as u, importlib.metadata as m\n" +
    "s = u.find_spec('tensorflow')\n" +
    "print(s.submodule_search_locations[0])\n" +
    "print(next(d.version for n in ('tensorflow','tensorflow-cpu','tensorflow-aarch64') for d in " +
    "[next(iter(m.distributions(name=n)), None)] if d))"
  const asked = spawnSync("python3", ["-c", script], { encoding: "utf8" })
  if (asked.status !== 0) return undefined
  const [folder = "", version = "unknown"] = asked.stdout.trim().split("\n")
  return inspect(join(folder, "include"), folder, version)
}

const [given] = process.argv.slice(2)
const tensorflow = given === undefined ? fromPython() : inspect(join(given, "include"), join(given, "lib"), "given")
if (tensorflow === undefined) {
  stop(
    given === undefined
      ? 'no TensorFlow found: `python3 -c "import tensorflow"` does not work here. Install the wheel ' +
          "(`pip install tensorflow`, about 600 MB; x86-64 and 64-bit ARM), or unpack a libtensorflow and name its " +
          "folder: `npm run engine:native -- <folder>`. Without it the embedded wasm engine does the work."
      : `${given} has no include/tensorflow/c/eager/c_api.h with lib/libtensorflow and lib/libtensorflow_framework`,
  )
}

const nodeHeaders = [join(dirname(dirname(realpathSync(process.execPath))), "include/node"), "/usr/include/node"].find(
  (folder) => existsSync(join(folder, "node_api.h")),
)
if (nodeHeaders === undefined) stop("node_api.h not found: install node's headers (Debian: libnode-dev)")
if (spawnSync("g++", ["--version"]).status !== 0) stop("g++ not found: install a C++17 compiler (Debian: g++)")

const target = join(root, "node_modules", packageName)
if (!existsSync(join(target, "binding/tfjs_binding.cc"))) {
  console.log(`fetching the sources of ${packageName} from the npm registry, without its install script`)
  execFileSync("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: "inherit",
  })
  if (!existsSync(join(target, "binding/tfjs_binding.cc"))) stop(`${packageName} is not in package.json's dependencies`)
}

const napi = Math.min(8, Number(process.versions.napi))
const output = join(target, `lib/napi-v${napi}/tfjs_binding.node`)
mkdirSync(dirname(output), { recursive: true })
const mac = process.platform === "darwin"
const libraries = [tensorflow.main, tensorflow.framework].map((name) =>
  mac ? join(tensorflow.lib, name) : `-l:${name}`,
)
console.log(`compiling the binding against TensorFlow ${tensorflow.version}`)
execFileSync(
  "g++",
  [
    "-shared",
    "-fPIC",
    "-O2",
    "-std=c++17",
    `-DNAPI_VERSION=${napi}`,
    ...(mac ? ["-undefined", "dynamic_lookup"] : []),
    `-I${target}`,
    `-I${tensorflow.include}`,
    `-I${nodeHeaders}`,
    join(target, "binding/tfjs_backend.cc"),
    join(target, "binding/tfjs_binding.cc"),
    `-L${tensorflow.lib}`,
    ...libraries,
    `-Wl,-rpath,${tensorflow.lib}`,
    "-o",
    output,
  ],
  { stdio: "inherit" },
)
const check =
  `const tf = require(${JSON.stringify(packageName)}); console.log(tf.version["tfjs-node"], ` +
  "tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0])"
const loaded = spawnSync(process.execPath, ["-e", check], { cwd: root, encoding: "utf8" })
if (loaded.status !== 0 || !loaded.stdout.trim().endsWith("11")) stop(`the binding does not load: ${loaded.stderr}`)
console.log(`engine: native is ready (tfjs-node ${loaded.stdout.split(" ")[0]}, TensorFlow ${tensorflow.version})`)
