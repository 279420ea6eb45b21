import { accountChannelMaker } from "../account/account-channel.js"
import { chatChannel } from "../chat/chat-channel.js"
import { fileChannelMaker } from "../files/file-channel-maker.js"
import type { ChannelMaker } from "./application-channel.js"

/** What this server offers after a pass: one line a channel. */
export const channelMakers: readonly ChannelMaker[] = [chatChannel, fileChannelMaker, accountChannelMaker]
