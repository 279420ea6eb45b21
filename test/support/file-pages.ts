import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import type { ChannelHandler } from "@sourceprint/serve/server/application/channel.js"
import { fileChannel } from "@sourceprint/serve/server/files/file-channel.js"
import { openFileStore } from "@sourceprint/serve/store/files/open-file-store.js"
import { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { buildFilePage } from "../../bench/prove/files/file-page.js"
import { quickStretching } from "./auth-server.js"
import { testFileRules } from "./file-server.js"
import { roomWithMembers } from "./room-with-members.js"
import { webServer } from "./web-server.js"

/** A server with real accounts, a room of two and real files, and the page of `bench/prove/files/page` on it. */
export interface FilePages {
  readonly origin: string
  readonly roomId: string
  readonly tokens: { readonly ada: string; readonly grace: string }
  stop(): Promise<void>
}

/** @param around sees each request before the handler does */
export async function filePages(
  around: (body: Uint8Array) => Promise<void> = () => Promise.resolve(),
): Promise<FilePages> {
  const folder = await mkdtemp(join(tmpdir(), "file-pages-"))
  await buildFilePage(join(folder, "pages"))
  const keys = KeyRing.random()
  const location = join(folder, "s.db")
  const opened = await openStore(location, keys)
  const files = await openFileStore(join(folder, "files.db"))
  const handler = fileChannel({
    files,
    clock: systemClock,
    rules: testFileRules,
    isMember: (accountId, roomId) => opened.isRoomMember(accountId, roomId),
    onRemoved: () => {},
  })
  const watched: ChannelHandler = async (context, body) => {
    await around(body)
    return handler(context, body)
  }
  const channels = new Map([[Channel.files, watched]])
  const { server, origin, stop } = await webServer({ location, keys, channels }, {}, join(folder, "pages"))
  const tokenOf = async (name: string): Promise<string> => {
    const credentials = { name, password: `${name} has a password`, stretching: quickStretching }
    const enrolling = await server.session()
    await enrolling.enrol({ ...credentials, enrolmentId: randomBytes(32), code: "", finger: "none" })
    enrolling.close()
    const session = await server.session()
    const answer = await session.signIn(credentials)
    session.close()
    assert.ok(answer.type === MessageType.decision && answer.outcome === Outcome.pass)
    return toHex(answer.token)
  }
  const tokens = { ada: await tokenOf("ada"), grace: await tokenOf("grace") }
  const ids: string[] = []
  for (const name of ["ada", "grace"]) ids.push((await opened.store.accountByName(name))?.id ?? "")
  const { roomId } = await roomWithMembers(opened, ids)
  return {
    origin,
    roomId,
    tokens,
    async stop() {
      await stop()
      await files.close()
      await opened.store.close()
    },
  }
}
