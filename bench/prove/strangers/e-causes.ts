import { once } from "node:events"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { formatManifest } from "@sourceprint/core/dataset/manifest.js"
import { openFileChatStorage } from "@sourceprint/serve/client/chat/file-chat-storage.js"
import { projectRoot } from "../../../test/support/shared-data.js"
import { sampleOf } from "../../../test/support/small-dataset.js"
import { mountSmallDisk, unmount } from "../../../test/support/small-disk.js"
import { NOBODY } from "./as-nobody.js"
import { lateClient } from "./late-client.js"
import { type Outcome, run, type StrangerCase, shell, sourceprint } from "./stranger-case.js"

/** `data check` of a dataset whose manifest is `content`. */
async function checkManifest(folder: string, content: string | Uint8Array, mode = 0o644): Promise<Outcome> {
  await mkdir(join(folder, "data/set"), { recursive: true })
  await writeFile(join(folder, "data/set/manifest.csv"), content, { mode })
  return await sourceprint(["data", "check", "--dataset", "set", "--no-probes"], { cwd: folder, ...NOBODY })
}
const manifest = formatManifest([sampleOf({}), sampleOf({ scanner: "b" })])
const NO_FIELD = [/expected string/, /undefined/]

/** A command in a folder on a disk of its own, mounted with these options. */
async function onDisk(options: string, prepare: string, args: readonly string[]): Promise<Outcome> {
  const disk = mountSmallDisk("1m")
  try {
    const made = await shell(`${prepare} && mount -o remount,${options} ${disk}`, { cwd: disk })
    return made.exitCode === 0 ? await sourceprint(args, { cwd: disk }) : made
  } finally {
    unmount(disk)
    await rm(disk, { recursive: true, force: true })
  }
}

/** `experiment plan` of a file that has this line. */
async function planWith(folder: string, split: string): Promise<Outcome> {
  const lines = ["name: x", "dataset: { folder: data/x }", split, "models: [{ id: small-cnn }]"]
  const view = "view: { region: { kind: common-window, sidePx: 128 } }"
  await writeFile(join(folder, "x.yaml"), [...lines, view].join("\n"))
  return await sourceprint(["experiment", "plan", "x.yaml"], { cwd: folder })
}

/** A sign-in at a server that takes connections and hangs up. */
async function signInAtSilent(folder: string): Promise<Outcome> {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  try {
    const key = "$SP client key --id desk --scanner-id unit-1 >/dev/null"
    const login = `$SP client login --server 127.0.0.1:${port} --name Ada --scanner twin:ada/thumb@unit-1`
    return await shell(`${key}; ${login}`, { cwd: folder, input: "password\n" })
  } finally {
    server.close()
  }
}

/** Faults whose message must name the true cause. */
export const causeCases: readonly StrangerCase[] = [
  {
    input: "sign-in: a client whose clock is an hour late, and one whose key nobody registered",
    attempt: lateClient,
    must: {
      exitCode: 9,
      say: [/clock shows .* UTC, the server's .* UTC: they are 60 min apart/, /register its device/],
    },
  },
  {
    input: "manifest: columns parted by semicolons, as a spreadsheet of another country saves",
    attempt: (folder) => checkManifest(folder, manifest.replaceAll(",", ";")),
    must: { exitCode: 1, say: [/^b +1$/m, /unreadable: .*p1_1_1\.bmp/], notSay: NO_FIELD },
  },
  {
    input: "manifest: columns parted by tabs",
    attempt: (folder) => checkManifest(folder, manifest.replaceAll(",", "\t")),
    must: { exitCode: 1, say: [/^b +1$/m, /unreadable: .*p1_1_1\.bmp/], notSay: NO_FIELD },
  },
  {
    input: "manifest: UTF-16",
    attempt: (folder) => checkManifest(folder, Buffer.from(`\ufeff${manifest}`, "utf16le")),
    must: {
      exitCode: 1,
      say: [/manifest\.csv is not in UTF-8 \(in UTF-16\?\); save it as "CSV UTF-8"/],
      notSay: NO_FIELD,
    },
  },
  {
    input: "manifest: a column was renamed",
    attempt: (folder) => checkManifest(folder, manifest.replace("scanner,", "camera,")),
    must: { exitCode: 1, say: [/manifest\.csv has no column scanner; its first line is/], notSay: NO_FIELD },
  },
  {
    input: "manifest: no read permission",
    attempt: (folder) => checkManifest(folder, manifest, 0),
    must: { exitCode: 1, say: [/manifest\.csv cannot be read: this user may not read/], notSay: [/import/] },
  },
  {
    input: "experiment: fractions: { train: 50%, dev: 25%, eval: 25% }",
    attempt: (folder) => planWith(folder, "split: { by: finger, fractions: { train: 50%, dev: 25%, eval: 25% } }"),
    must: { exitCode: 1, say: [/line 3: split\.fractions\.train is "50%"; allowed: a number/], notSay: [/folds/] },
  },
  {
    input: "import on a disk that is mounted read-only",
    attempt: async () => {
      const image = "mkdir -p images/a && cp $0 images/a/ann_1_1.pgm".replace("$0", join(projectRoot, "LICENSE"))
      const pgm = "printf 'P5 8 8 255 %064d' 0 > images/a/ann_1_1.pgm"
      const layout = "{scanner}/{subject}_{finger}_{impression}.pgm"
      const args = ["data", "import", "--from", "images", "--name", "x", "--layout", layout]
      return await onDisk("ro", `${image} && ${pgm}`, args)
    },
    must: { exitCode: 1, say: [/data.*: the disk is mounted read-only/], notSay: [/ENOENT/] },
  },
  {
    input: "twin dataset on a disk without free inodes",
    attempt: () => onDisk("nr_inodes=2", "true", ["twin", "dataset", "--people", "1", "--units", "2", "--name", "x"]),
    must: { exitCode: 1, say: [/no free inodes \(see df and df -i\)/], notSay: [/ENOENT/] },
  },
  {
    input: "any command with 30 open files allowed",
    attempt: (folder) => shell("ulimit -n 30; $SP match list", { cwd: folder }),
    must: { exitCode: 1, say: [/too many files open; raise the limit \(ulimit -n\)/] },
  },
  {
    input: "chat: chat.key was deleted beside chat.db",
    async attempt(folder) {
      ;(await openFileChatStorage(folder)).close()
      await rm(join(folder, "chat.key"))
      const opened = await openFileChatStorage(folder).catch((error: Error) => error)
      return { exitCode: opened instanceof Error ? 1 : 0, said: String(opened) }
    },
    must: { exitCode: 1, say: [/chat\.key is missing, and .*chat\.db cannot be read without it: put the key back/] },
  },
  {
    input: "sign-in at a server that takes the connection and hangs up",
    attempt: signInAtSilent,
    must: { exitCode: 7, say: [/ended the connection before it answered.*full disk/], notSay: [/cannot be reached/] },
  },
  ...["#", "%"].map(
    (mark): StrangerCase => ({
      input: `a build in a folder with "${mark}" in its path`,
      async attempt(folder) {
        const root = join(folder, `a${mark}b`)
        await mkdir(join(root, "tools"), { recursive: true })
        await shell(`cp ${projectRoot}/tools/build.mjs "$P/tools" && mkdir "$P/src"`, { cwd: folder, env: { P: root } })
        return await run(process.execPath, [join(root, "tools/build.mjs")], { cwd: root })
      },
      must: { exitCode: 1, say: [new RegExp(`cannot be built in: .* has a "${mark}"`), /move or rename the folder/] },
    }),
  ),
]
