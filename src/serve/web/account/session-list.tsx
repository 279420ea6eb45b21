import type { AccountOverview } from "@sourceprint/protocol/account/account-messages.js"
import { Button } from "../ui/button.js"
import { dateWords } from "../ui/date-words.js"
import { change } from "./account-store.js"

/** Where the person is signed in, this page included. */
export function SessionList({ sessions }: { sessions: AccountOverview["sessions"] }) {
  return (
    <ul class="items">
      {sessions.map((session) => (
        <li key={session.id}>
          <span>
            {session.current ? <strong>This page</strong> : "Another page or program"}, by {session.factors.join(", ")}
            {session.deviceId !== undefined && `, from ${session.deviceId}`}
            <span class="hint">
              {" "}
              since {dateWords(session.createdAtMs)}, until {dateWords(session.expiresAtMs)}
            </span>
          </span>
          {!session.current && (
            <Button kind="quiet" onClick={() => void change((account) => account.endSession(session.id))}>
              End
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
