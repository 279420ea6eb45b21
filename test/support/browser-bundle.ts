import { resolve } from "node:path"
import { build } from "vite"

/** One ES module of everything that `code` imports, for a page under test. `code` is JavaScript; it imports our sources
 *  by their paths in the project ("/src/…/name.ts"). */
export async function browserBundle(code: string): Promise<string> {
  const ENTRY = "entry-of-the-test"
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: resolve("."),
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id.endsWith(ENTRY) ? `\0${ENTRY}` : undefined),
        load: (id) => (id === `\0${ENTRY}` ? code : undefined),
      },
    ],
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ["es"], fileName: "entry" } },
  })
  const outputs = Array.isArray(built) ? built.flatMap(({ output }) => output) : "output" in built ? built.output : []
  const [chunk] = outputs.filter((output) => output.type === "chunk")
  if (chunk === undefined) throw new Error("vite gave no module")
  return chunk.code
}
