import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { roomWithMembers } from "../../../support/room-with-members.js"

test("who is in a room is a member, through whichever client; who left or never was is none", async () => {
  const location = join(await mkdtemp(join(tmpdir(), "member-")), "s.db")
  const opened = await openStore(location, KeyRing.random())
  try {
    const { roomId, remove } = await roomWithMembers(opened, ["ada", "grace"])
    const member = (accountId: string) => opened.isRoomMember(accountId, roomId)
    assert.deepEqual([await member("ada"), await member("grace"), await member("eve")], [true, true, false])
    assert.equal(await opened.isRoomMember("ada", randomBytes(16).toString("hex")), false)
    await remove("grace")
    assert.deepEqual([await member("ada"), await member("grace")], [true, false])
  } finally {
    await opened.store.close()
  }
})
