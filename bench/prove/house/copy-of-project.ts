import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Path of this project. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url))

/** One change of a source file. */
export interface Edit {
  /** Below the project's root; a file that is not there is made. */
  readonly file: string
  /** Text that stands in the file once; absent: `by` is the whole file. */
  readonly replace?: string
  readonly by: string
}

/** The sources with what was built from them, and its own packages beside those installed: edits touch nothing else. */
export interface ProjectCopy {
  readonly folder: string
  /** Makes the edits, runs `work` and takes them back. */
  withEdits<T>(edits: readonly Edit[], work: () => Promise<T>): Promise<T>
  /** Builds the TypeScript project below the copy, with what it depends on. @returns what the compiler says, if it
   *  fails */
  compile(project: string): Promise<string>
  /** Checks the types of the TypeScript project alone. @returns what the compiler says, if it fails */
  check(project: string): Promise<string>
  remove(): Promise<void>
}

/** @returns the output of a command that failed, "" where it succeeded */
const complaintOf = (args: readonly string[], cwd: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve(error === null ? "" : `${stdout}${stderr}` || error.message)
    })
  })

/** Copies these folders of the project, built before. */
export async function copyOfProject(
  folders: readonly string[] = ["src", "test", "bench", "dist"],
): Promise<ProjectCopy> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "house-")))
  const top = (await readdir(root)).filter((name) => /^tsconfig.*\.json$|^package\.json$/.test(name))
  const pages = join(root, "src/serve/dist/pages")
  for (const name of [...top, ...folders]) {
    await cp(join(root, name), join(folder, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => path !== pages && !path.includes("node_modules"),
    })
  }
  const installed = join(root, "node_modules")
  await mkdir(join(folder, "node_modules/@sourceprint"), { recursive: true })
  for (const name of await readdir(installed)) {
    if (name === "@sourceprint" || name.startsWith(".")) continue
    await symlink(join(installed, name), join(folder, "node_modules", name))
  }
  for (const name of await readdir(join(installed, "@sourceprint"))) {
    await symlink(join(folder, "src", name), join(folder, "node_modules/@sourceprint", name))
  }
  return {
    folder,
    async withEdits(edits, work) {
      const before = new Map<string, string | undefined>()
      try {
        for (const { file, replace, by } of edits) {
          const path = join(folder, file)
          const text = await readFile(path, "utf8").catch(() => undefined)
          if (!before.has(path)) before.set(path, text)
          if (replace !== undefined && text?.split(replace).length !== 2)
            throw new Error(`"${replace}" does not stand once in ${file}: bring this edit up to date`)
          await writeFile(path, replace === undefined ? by : (text ?? "").replace(replace, () => by))
        }
        return await work()
      } finally {
        for (const [path, text] of before) await (text === undefined ? rm(path) : writeFile(path, text))
      }
    },
    compile: (project) => complaintOf([join(installed, "typescript/bin/tsc"), "-b", project], folder),
    check: (project) => complaintOf([join(installed, "typescript/bin/tsc"), "-p", project, "--noEmit"], folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
