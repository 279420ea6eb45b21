/** How everything that people see in a browser looks: the server's pages, reports, the capture page, the kiosk. One
 *  accent, quiet greys with a touch of green. Each colour: light, dark. */
const colours = {
  ground: ["#f5f7f5", "#0f1513"],
  surface: ["#ffffff", "#18211d"],
  sunk: ["#ebefec", "#111916"],
  ink: ["#15201c", "#e6eeea"],
  "ink-soft": ["#4c5b55", "#a9b8b1"],
  line: ["#cfd7d2", "#2e3b36"],
  "line-strong": ["#75847d", "#7b8d85"],
  accent: ["#0a6450", "#6ad3b4"],
  "accent-strong": ["#084c3d", "#93e3ca"],
  "accent-soft": ["#dcefe8", "#173a30"],
  "on-accent": ["#ffffff", "#04231a"],
  good: ["#14683f", "#79d7a2"],
  "good-soft": ["#dff2e6", "#15331f"],
  bad: ["#a8231b", "#ff9a90"],
  "bad-soft": ["#fbe6e3", "#411a17"],
  warn: ["#7a4d00", "#f3bd62"],
  "warn-soft": ["#fbeed3", "#38290c"],
  focus: ["#1f6feb", "#7db3ff"],
  shadow: [
    "0 1px 2px rgb(12 30 22 / 8%), 0 8px 28px rgb(12 30 22 / 7%)",
    "0 1px 2px rgb(0 0 0 / 40%), 0 8px 28px rgb(0 0 0 / 30%)",
  ],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>

const measures = {
  radius: "10px",
  "radius-large": "16px",
  gap: "1rem",
  column: "30rem",
  text: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  mono: 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", monospace',
} as const

const properties = (values: Iterable<readonly [string, string]>): string =>
  [...values].map(([name, value]) => `--${name}: ${value};`).join(" ")

/** The custom properties (`--ink`, `--accent`, …) for both colour schemes; `.on-paper` keeps the light ones. */
export function designTokens(): string {
  const of = (scheme: 0 | 1) => properties(Object.entries(colours).map(([name, pair]) => [name, pair[scheme]]))
  return `:root { color-scheme: light dark; ${of(0)} ${properties(Object.entries(measures))} }
@media (prefers-color-scheme: dark) { :root:not(.on-paper) { ${of(1)} } }
`
}
