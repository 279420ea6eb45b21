import { designTokens } from "@sourceprint/core/design-tokens.js"
import type { SessionPlan } from "../plan.js"
import { capturePageScript } from "./capture-page-script.js"

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** The capture page: one file, nothing fetched but the event stream. */
export const capturePage = (plan: SessionPlan): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Capture: ${escaped(plan.name)}</title>
<style>
  ${designTokens()}
  * { box-sizing: border-box }
  body { margin: 0; font: 18px/1.5 var(--text); color: var(--ink); background: var(--ground) }
  main { max-width: 62rem; margin: 0 auto; padding: 1.5rem; display: grid; gap: 1.5rem;
    grid-template-columns: 1fr 20rem }
  @media (max-width: 50rem) { main { grid-template-columns: 1fr } }
  h1 { font-size: 1rem; font-weight: 400; color: var(--ink-soft); margin: 0 0 1rem }
  #prompt { font-size: 2.2rem; line-height: 1.2; font-weight: 650; margin: 0; min-height: 2.6em }
  #detail { font-size: 1.1rem; color: var(--ink-soft); min-height: 3em; white-space: pre-line; margin: .5rem 0 1rem }
  .good { color: var(--good) } .bad { color: var(--bad) } .busy { color: var(--warn) }
  progress { width: 100%; height: 1rem }
  figure { margin: 0; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface);
    padding: .5rem; min-height: 20rem }
  [hidden] { display: none !important }
  img { width: 100%; image-rendering: pixelated; display: block; background: #888 }
  figcaption, dl { font-size: .9rem; color: var(--ink-soft) }
  dl { display: grid; grid-template-columns: auto auto; gap: 0 1rem; margin: .5rem 0 0 }
  dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums }
  .keys { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 }
  button { font: inherit; padding: .45rem .9rem; border: 1px solid var(--line-strong); border-radius: var(--radius);
    background: var(--surface); color: inherit; cursor: pointer }
  button:focus-visible, input:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
  button:disabled { opacity: .45; cursor: default }
  kbd { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .35em; font-size: .85em;
    margin-right: .35em }
  input { font: inherit; padding: .4rem; width: 100%; border: 1px solid var(--line-strong);
    border-radius: var(--radius); background: var(--surface); color: inherit }
  #log { list-style: none; margin: 0; padding: 0; font-size: .9rem; color: var(--ink-soft); max-height: 12rem;
    overflow: auto }
</style>
</head>
<body>
<main>
  <section aria-labelledby="title">
    <h1 id="title">${escaped(plan.name)} → data/${escaped(plan.dataset)}${plan.simulated ? " (simulated)" : ""}</h1>
    <p id="prompt" role="status" aria-live="assertive">Waiting for the session …</p>
    <p id="detail" aria-live="polite"></p>
    <label for="bar">Progress <span id="sofar"></span></label>
    <progress id="bar" max="1" value="0"></progress>
    <div class="keys" id="always">
      <button data-key="s"><kbd>s</kbd>skip</button>
      <button data-key="u"><kbd>u</kbd>undo the last</button>
      <button data-key="n"><kbd>n</kbd>note</button>
      <button data-key="q"><kbd>q</kbd>quit</button>
    </div>
    <div class="keys" id="decide" hidden>
      <button data-key="a"><kbd>a</kbd>again</button>
      <button data-key="k"><kbd>k</kbd>keep all the same</button>
    </div>
    <div class="keys" id="agree" hidden>
      <button data-key="y"><kbd>y</kbd>agrees</button>
      <button data-key="x"><kbd>x</kbd>does not agree</button>
    </div>
    <form id="noting" hidden>
      <label for="note">Note (Enter saves, Escape leaves)</label><input id="note" maxlength="500">
    </form>
    <ol id="log" aria-label="What happened" tabindex="0"></ol>
  </section>
  <figure>
    <img id="image" alt="No touch yet" hidden>
    <figcaption id="caption">The image of each touch appears here.</figcaption>
    <dl id="quality"></dl>
  </figure>
</main>
<script>${capturePageScript}</script>
</body>
</html>
`
