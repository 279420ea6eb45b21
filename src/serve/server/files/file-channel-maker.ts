import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { openFileStore } from "../../store/files/open-file-store.js"
import type { ChannelMaker } from "../application/application-channel.js"
import type { ServeConfig } from "../serve-config.js"
import { type FileRules, fileChannel } from "./file-channel.js"
import { FileKeeper } from "./file-keeper.js"
import { fileStoreOf } from "./stored-files-of.js"

const fileRulesOf = ({ files }: Pick<ServeConfig, "files">): FileRules => ({
  maxFileBytes: files.maxFileBytes,
  bytesPerAccount: files.bytesPerAccount,
  filesPerAccount: files.filesPerAccount,
  totalBytes: files.totalBytes,
  minimumFreeBytes: files.minimumFreeBytes,
  keepMs: files.keepDays * 86_400_000,
  keepUnfinishedMs: files.keepUnfinishedH * 3_600_000,
})

/** Channel 2 over the file store of the configuration, for members of the chat's rooms. */
export const fileChannelMaker: ChannelMaker = async ({ config, opened, deps }) => {
  const files = await openFileStore(fileStoreOf(config))
  const keeper = new FileKeeper({ files, store: deps.store, clock: deps.clock, log: deps.log })
  deps.metrics.gauge("file_bytes", () => keeper.heldBytes)
  return {
    id: Channel.files,
    handler: fileChannel({
      files,
      clock: deps.clock,
      rules: fileRulesOf(config),
      isMember: (accountId, roomId) => opened.isRoomMember(accountId, roomId),
      onRemoved: () => keeper.sweep(),
    }),
    check: { name: "files", probe: () => files.probe(deps.clock.nowMs()) },
    async stop() {
      await keeper.stop()
      await files.close()
    },
  }
}
