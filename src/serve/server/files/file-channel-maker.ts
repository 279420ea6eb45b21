import { Channel } from "../../../protocol/application/application-frame.js"
import { fileStoreBeside, openFileStore } from "../../../shared/store/files/open-file-store.js"
import type { ChannelMaker, ChannelWorld } from "../application/channel-table.js"
import type { ServeConfig } from "../serve-config.js"
import { type FileChannelDeps, type FileRules, fileChannel } from "./file-channel.js"
import { FileKeeper } from "./file-keeper.js"

export const fileRulesOf = ({ files }: Pick<ServeConfig, "files">): FileRules => ({
  maxFileBytes: files.maxFileBytes,
  bytesPerAccount: files.bytesPerAccount,
  filesPerAccount: files.filesPerAccount,
  totalBytes: files.totalBytes,
  minimumFreeBytes: files.minimumFreeBytes,
  keepMs: files.keepDays * 86_400_000,
  keepUnfinishedMs: files.keepUnfinishedH * 3_600_000,
})

/** Channel 2 over the file store of the configuration.
 *  @param memberOf the chat's answer to "is this account in this room (hex) now?" */
export const fileChannelMaker =
  (memberOf: (world: ChannelWorld) => FileChannelDeps["isMember"]): ChannelMaker =>
  async (world) => {
    const { config, deps } = world
    const files = await openFileStore(config.files.store ?? fileStoreBeside(config.store))
    const keeper = new FileKeeper({ files, store: deps.store, clock: deps.clock, log: deps.log })
    deps.metrics.gauge("file_bytes", () => keeper.heldBytes)
    return {
      id: Channel.files,
      handler: fileChannel({
        files,
        clock: deps.clock,
        rules: fileRulesOf(config),
        isMember: memberOf(world),
        onRemoved: () => keeper.sweep(),
      }),
      async stop() {
        await keeper.stop()
        await files.close()
      },
    }
  }
