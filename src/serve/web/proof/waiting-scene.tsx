import { SecondsLeft } from "./seconds-left.js"

/** The server asked for patience; it goes on by itself. */
export function WaitingScene({ untilMs }: { untilMs: number }) {
  return (
    <div class="card">
      <p role="status">
        {untilMs - Date.now() > 2500
          ? "Too many attempts came in a short time, or the server is busy. This goes on by itself."
          : "The server is busy; this goes on by itself."}
      </p>
      <p class="countdown">
        <SecondsLeft untilMs={untilMs} />
      </p>
    </div>
  )
}
