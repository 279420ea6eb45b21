import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { filesBelow } from "@sourceprint/core/files/files-below.js"

test("a walk goes on past what cannot be read, follows links, and leaves out what is hidden", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "below-"))
  t.after(() => rm(folder, { recursive: true }))
  for (const inner of ["a/b", "x.bmp", "lost+found", ".git", "shut"])
    await mkdir(join(folder, inner), { recursive: true })
  const files = ["z.png", "a/b/1.bmp", "x.bmp/2.bmp", "lost+found/#12.bmp", ".git/3.bmp", "a/._1.bmp", ".DS_Store"]
  for (const path of files) await writeFile(join(folder, path), "")
  await symlink(join(folder, "x.bmp"), join(folder, "linked"))
  await symlink("../..", join(folder, "a/b/up"))
  await symlink("nowhere", join(folder, "gone.bmp"))
  if (process.platform !== "win32") execFileSync("mkfifo", [join(folder, "pipe.bmp")])
  await chmod(join(folder, "shut"), 0)

  const found = await filesBelow(folder)
  assert.deepEqual(found.files, ["a/b/1.bmp", "linked/2.bmp", "x.bmp/2.bmp", "z.png"])
  const reasons = new Map(found.unreadable.map(({ path, reason }) => [path, reason]))
  assert.match(reasons.get("a/b/up") ?? "", /back to a folder that it lies in/)
  assert.equal(reasons.get("gone.bmp"), "a link to nothing")
  if (process.platform !== "win32") assert.match(reasons.get("pipe.bmp") ?? "", /neither a file nor a folder/)
  if (process.getuid?.() !== 0) assert.match(reasons.get("shut") ?? "", /may not read/)

  const hidden = await filesBelow(folder, { hidden: true })
  assert.deepEqual(
    hidden.files.filter((path) => path.split("/").some((part) => part.startsWith("."))),
    [".DS_Store", ".git/3.bmp", "a/._1.bmp"],
  )
  await chmod(join(folder, "shut"), 0o700)
  await assert.rejects(filesBelow(join(folder, "absent")), { code: "ENOENT" })
})
