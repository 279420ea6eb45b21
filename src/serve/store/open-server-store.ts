import { resolve } from "node:path"
import type { ChatStore } from "./chat/chat-store.js"
import type { KeyRing } from "./key-ring.js"
import type { OpenedStore } from "./open-store.js"
import { isPostgres } from "./sql/is-postgres.js"
import { ownFile } from "./sql/owner-lock.js"
import type { Store } from "./store.js"
import { StoreThread } from "./store-thread.js"
import type { StudyStore } from "./study/study-store.js"

/** The store of a server that runs: a SQLite file on a thread of its own and in this server's hands alone; PostgreSQL
 *  as `openStore` opens it, for several servers may share it.
 *  @throws AppError "store/owned" when another server has the file, and what `openStore` throws */
export async function openServerStore(location: string, keys: KeyRing): Promise<OpenedStore> {
  if (isPostgres(location)) return (await import("./open-store.js")).openStore(location, keys)
  const release = ownFile(resolve(location))
  try {
    const script = new URL("./store-worker.js", import.meta.url)
    const { thread, opened } = await StoreThread.open<Uint8Array>(script, { location, keys: keys.text })
    const close = async (): Promise<void> => {
      await thread.close("store")
      release()
    }
    return {
      store: thread.part<Store>("store", { close }),
      auditKey: opened,
      study: thread.part<StudyStore>("study"),
      // An embedded database has one server: nobody else has anything to say.
      chatStore: (quotas, serverId) =>
        thread.part<ChatStore>(JSON.stringify({ quotas, serverId }), { listen: () => () => Promise.resolve() }),
      isRoomMember: (accountId, roomId) =>
        thread.call("rooms", "isRoomMember", [accountId, roomId]) as Promise<boolean>,
    }
  } catch (error) {
    release()
    throw error
  }
}
