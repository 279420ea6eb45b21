import { fileStoreBeside, openFileStore } from "../../store/files/open-file-store.js"
import type { ServeConfig } from "../serve-config.js"

/** Where the files of this configuration lie. */
export const fileStoreOf = ({ files, store }: Pick<ServeConfig, "files" | "store">): string =>
  files.store ?? fileStoreBeside(store)

/** Deletes all files of an account and frees their space, whether or not a server runs beside. @returns how many */
export async function forgetFilesOf(config: Pick<ServeConfig, "files" | "store">, accountId: string): Promise<number> {
  const files = await openFileStore(fileStoreOf(config))
  try {
    const removed = await files.removeOwner(accountId)
    if (removed > 0) while (await files.collect());
    return removed
  } finally {
    await files.close()
  }
}
