import { toHex } from "@sourceprint/core/bytes.js"

/** Received files lie in the browser's private file system under their ids: `<id>.part` while they grow, with
 *  `<id>.whole`, empty, beside it once the file is verified. They are a place between the network and the person's own
 *  folders, not an archive: `clearReceived` empties it. */
export const RECEIVED_FOLDER = "received-files"

export const partName = (fileId: Uint8Array): string => `${toHex(fileId)}.part`
const wholeName = (fileId: Uint8Array): string => `${toHex(fileId)}.whole`

/** Undefined in browsers without one, and in private windows that deny it. */
async function receivedFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  if (typeof navigator.storage?.getDirectory !== "function") return undefined
  try {
    const root = await navigator.storage.getDirectory()
    return await root.getDirectoryHandle(RECEIVED_FOLDER, { create: true })
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

export const hasPrivateFiles = async (): Promise<boolean> => (await receivedFolder()) !== undefined

const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === "NotFoundError"

export async function markWhole(fileId: Uint8Array): Promise<void> {
  await (await receivedFolder())?.getFileHandle(wholeName(fileId), { create: true })
}

/** The verified file, its bytes on the disk and not in memory; undefined when it is not (wholly) here. */
export async function receivedFile(fileId: Uint8Array): Promise<File | undefined> {
  const folder = await receivedFolder()
  if (folder === undefined) return undefined
  try {
    await folder.getFileHandle(wholeName(fileId))
    return await (await folder.getFileHandle(partName(fileId))).getFile()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

export async function forgetReceived(fileId: Uint8Array): Promise<void> {
  const folder = await receivedFolder()
  for (const name of [wholeName(fileId), partName(fileId)]) {
    await folder?.removeEntry(name).catch((error: unknown) => {
      if (!isMissing(error)) throw error
    })
  }
}

/** A tab that was closed signed its person out without a message: what it had received goes when the pages are opened
 *  next and nobody is signed in, unless another tab has a chat open. */
export async function clearLeftBehind(): Promise<void> {
  const { held = [] } = await navigator.locks.query()
  if (!held.some(({ name }) => name?.startsWith("chat-"))) await clearReceived(0)
}

/** Deletes files and parts that were not written to for so long. Call it when the chat opens, and with 0 at sign-out:
 *  who only loads the page again finds what was fetched. A file that another tab is writing stays. */
export async function clearReceived(keepMs: number): Promise<void> {
  const folder = await receivedFolder()
  if (folder === undefined) return
  const names = new Set<string>()
  for await (const name of folder.keys()) names.add(name)
  for (const name of names) {
    if (!name.endsWith(".part")) continue
    const whole = name.replace(/\.part$/, ".whole")
    const { lastModified } = await (await folder.getFileHandle(name)).getFile()
    if (Date.now() - lastModified < keepMs) continue
    try {
      await folder.removeEntry(name)
      if (names.has(whole)) await folder.removeEntry(whole)
    } catch (error) {
      if (!(error instanceof DOMException)) throw error // locked by another tab, or gone already
    }
  }
}
