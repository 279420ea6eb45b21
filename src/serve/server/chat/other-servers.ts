import type { ChatStore } from "../../store/chat/chat-store.js"
import { encodeNotice, type ServerNotice } from "./server-notice.js"

/** Notices are told in one go with what comes shortly after. */
const TELL_MS = 50

/** Tells the other servers on the store what is in no table: acknowledgements, typing, presence. */
export class OtherServers {
  private untold: ServerNotice[] = []
  private timer: NodeJS.Timeout | undefined

  /** @param failed a notice that could not be told is lost; what matters is in the store */
  constructor(
    private readonly store: Pick<ChatStore, "announce">,
    private readonly failed: (error: unknown) => void,
  ) {}

  tell(notice: ServerNotice): void {
    this.untold.push(notice)
    this.timer ??= setTimeout(() => void this.flush(), TELL_MS)
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const notices = this.untold
    this.untold = []
    if (notices.length === 0) return
    try {
      await this.store.announce(notices.map(encodeNotice))
    } catch (error) {
      this.failed(error)
    }
  }
}
