import { SecondsLeft } from "./seconds-left.js"

/** The server asked for patience; it continues by itself. */
export function WaitingScene({ untilMs }: { untilMs: number }) {
  return (
    <div class="card">
      <p role="status">
        {untilMs - Date.now() > 2500
          ? "Too many attempts came in a short time, or the server is busy. This continues by itself."
          : "The server is busy; this continues by itself."}
      </p>
      <p class="countdown">
        <SecondsLeft untilMs={untilMs} />
      </p>
    </div>
  )
}
