import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { notificationCommand, notifyDesktop } from "@sourceprint/serve/client/system-notification.js"
import { until } from "../../support/patience.js"

test("a desktop with notify-send gets the words as they are; nothing happens elsewhere", async (t) => {
  if (process.platform !== "linux") return t.skip("notify-send is a program of Linux desktops")
  const folder = await mkdtemp(join(tmpdir(), "notification-"))
  const before = { ...process.env }
  try {
    const [heard, program] = [join(folder, "heard"), join(folder, "notify-send")]
    await writeFile(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${JSON.stringify(heard)}.part\nmv ${JSON.stringify(heard)}.part ` +
        `${JSON.stringify(heard)}\n`,
    )
    await chmod(program, 0o755)
    Object.assign(process.env, { DISPLAY: ":7", PATH: `${folder}:${before.PATH}` })
    const words = '--help; $(touch x) "signed in"'
    assert.equal(notifyDesktop("sourceprint", words), true)
    await until(() => existsSync(heard), "the words are heard")
    const text = await readFile(heard, "utf8")
    assert.deepEqual(text.trim().split("\n"), ["--app-name=sourceprint", "--", "sourceprint", words])
    assert.equal(notificationCommand("a", "b", "linux", { PATH: folder }), undefined, "no desktop")
    assert.equal(notificationCommand("a", "b", "linux", { DISPLAY: ":7", PATH: "/nowhere" }), undefined)
    assert.equal(notificationCommand("a", "b", "win32", { DISPLAY: ":7" }), undefined)
    assert.deepEqual(notificationCommand("a", "b", "darwin", {})?.slice(-2), ["a", "b"])
  } finally {
    process.env = before
    await rm(folder, { recursive: true, force: true })
  }
})
